"""The skeletons used in tests."""

from edge.pose.skeletons.loader import BLAZEPOSE, skeleton

BLAZEPOSE33 = skeleton(BLAZEPOSE)
BODY12 = skeleton("body12")
