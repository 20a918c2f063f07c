// @ts-check
/** Lists the station's HTTP interface from its own OpenAPI description. */

const reply = await fetch("/api/openapi.json");
const api = await reply.json();

/** @param {string} id @param {string} text */
function fill(id, text) {
  const found = document.getElementById(id);
  if (found) found.textContent = text;
}

fill("title", `${api.info.title}: interface`);
fill("description", api.info.description ?? "");
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const row = document.createElement("tr");
    const answers = Object.entries(operation.responses).map(([code, answer]) => `${code}: ${answer.description}`);
    for (const text of [`${method.toUpperCase()} ${path}`, operation.summary ?? "", answers.join("; ")]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    document.getElementById("paths")?.append(row);
  }
}

// Makes this a module for the type checker too.
export {};
