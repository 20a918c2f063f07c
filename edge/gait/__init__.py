"""Gait events, strides and activity from poses."""
