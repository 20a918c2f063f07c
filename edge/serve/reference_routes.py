"""The route of the reference runners' curves."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from edge.metrics.reference_curves import bands_at, source
from edge.serve.routes import REFUSALS


class ReferenceBand(BaseModel):
    """Mean and standard deviation between legs, degrees, at 0, 2, ... 100 % of the stride."""

    mean: list[float]
    sd: list[float]


class ReferenceCurves(BaseModel):
    """The bands of the three joints, with the signs of the wire message ``curves``."""

    source: str
    hip_deg: ReferenceBand
    knee_deg: ReferenceBand
    ankle_deg: ReferenceBand


def reference_routes() -> APIRouter:
    """Return the route of the reference band; it holds nothing of any runner."""
    routes = APIRouter(prefix="/api", responses=REFUSALS)

    @routes.get("/reference-curves", summary="Reference runners' curves at a belt speed")
    def reference_curves(
        speed_mps: Annotated[float, Query(ge=0, le=12)] = 0.0,
    ) -> ReferenceCurves:
        bands = {
            joint: ReferenceBand(mean=band.mean.tolist(), sd=band.sd.tolist())
            for joint, band in bands_at(speed_mps).items()
        }
        return ReferenceCurves(source=source(), **bands)

    return routes
