"""ONNX sessions, execution providers and the cache of optimised graphs."""
