"""The plug-in sinks of a running station."""

from edge.serve.live.plugin_records import plugin_record
from edge.sinks.plugins.discovery import enabled
from edge.sinks.plugins.plugin_sink import PluginSink
from edge.sinks.recorder import Recorder


def plugin_sinks(setting: str, recorder: Recorder) -> list[PluginSink]:
    """Return a sink for each plug-in that the settings name, subscribed to session news."""
    sinks = [PluginSink(name, load, plugin_record) for name, load in enabled(setting).items()]
    for sink in sinks:
        recorder.listen(sink.write)
    return sinks
