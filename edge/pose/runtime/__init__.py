"""ONNX sessions, execution providers and the optimised-graph cache."""
