"""Routes of the pages' translations: one file per language."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from edge.i18n import word_catalogue


def word_routes() -> APIRouter:
    """Return the routes of the list of languages and of each language's words."""
    routes = APIRouter(prefix="/i18n", include_in_schema=False)

    @routes.get("/languages.json")
    def names() -> dict[str, str]:
        return {
            name: word_catalogue.load(name).text("language.name")
            for name in word_catalogue.languages()
        }

    @routes.get("/{language}.json")
    def words(language: str) -> FileResponse:
        if language not in word_catalogue.languages():
            raise HTTPException(404, "this station does not speak that language")
        return FileResponse(word_catalogue.FOLDER / f"{language}.json")

    return routes
