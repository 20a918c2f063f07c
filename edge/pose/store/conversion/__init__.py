"""Conversion of a package's TensorFlow Lite file to ONNX."""
