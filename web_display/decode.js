// @ts-check
/** Decodes messages from the station; wire.schema.json describes the format. */

/** @typedef {import("./wire.d.ts").Header} Header */
/** @typedef {import("./wire.d.ts").Text} Text */

const MAGIC = [0x54, 0x4f, 0x45];
export const PROTOCOL = 1;
const PREFIX = 8;

/** A message that violates the wire format. */
export class WireError extends Error {}

/**
 * Decode a binary message.
 * @param {ArrayBuffer} data
 * @returns {{header: Header, jpeg: Uint8Array<ArrayBuffer>}} the JPEG may be empty
 */
export function decodeBinary(data) {
  if (data.byteLength < PREFIX) {
    throw new WireError(`binary message of ${data.byteLength} bytes, at least ${PREFIX} are needed`);
  }
  const bytes = new Uint8Array(data);
  if (MAGIC.some((value, place) => bytes[place] !== value)) {
    throw new WireError("binary message without the mark of the station");
  }
  if (bytes[3] !== PROTOCOL) {
    throw new WireError(`wire version ${bytes[3]}, this page speaks ${PROTOCOL}`);
  }
  const length = new DataView(data).getUint32(4, true);
  if (PREFIX + length > data.byteLength) {
    throw new WireError(`header of ${length} bytes does not fit a message of ${data.byteLength}`);
  }
  const header = parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length)));
  if (header.type !== "frame" && header.type !== "still") {
    throw new WireError(`unknown header ${header.type}`);
  }
  return { header, jpeg: bytes.subarray(PREFIX + length) };
}

/**
 * Decode a text message.
 * @param {string} data
 * @returns {Text}
 */
export function decodeText(data) {
  return parse(data);
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WireError(`not JSON: ${error}`);
  }
  if (value === null || typeof value !== "object" || typeof value.type !== "string") {
    throw new WireError("a message without a type");
  }
  return value;
}
