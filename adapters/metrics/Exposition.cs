using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Ebb.Core.Ports;

namespace Ebb.Metrics;

/// <summary>
/// What the instruments of some meters show, in Prometheus' text format 0.0.4. Names follow the OpenTelemetry rules for
/// Prometheus: dots become underscores, the unit is appended in full (<c>s</c>: seconds, <c>1</c>: ratio), counters end
/// in <c>_total</c>. Stands in for the OpenTelemetry Prometheus exporter until that restores.
/// </summary>
public sealed class Exposition : IDisposable
{
    /// <summary>The type of <see cref="Render"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <summary>Listens from now on.</summary>
    /// <param name="meters">The names of the meters.</param>
    public Exposition(params string[] meters)
        : this(null, meters) { }

    /// <summary>The same of one owner, where several in a process have meters of one name.</summary>
    /// <param name="scope">The scope of its meters; those without a scope are everybody's.</param>
    /// <param name="meters">The names of the meters.</param>
    public Exposition(object? scope, params string[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (
                !meters.Contains(instrument.Meter.Name)
                || (instrument.Meter.Scope is { } owner && !ReferenceEquals(owner, scope))
            )
                return;
            MetricFamily family;
            lock (_lock)
            {
                family = new MetricFamily(instrument);
                _families[family.Name] = family;
            }
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(state, value, tags));
        _listener.Start();
    }

    /// <summary>Name, type and description of everything that may be shown, by name.</summary>
    public IReadOnlyList<(string Name, string Type, string Help)> Families
    {
        get
        {
            lock (_lock)
                return [.. _families.Values.Select(f => (f.Name, f.Type, f.Help))];
        }
    }

    /// <summary>Everything as it is now.</summary>
    public string Render()
    {
        lock (_lock)
        {
            // A gauge shows what is observed now: what is not known any more goes, it does not stay at its last value.
            foreach (var family in _families.Values.Where(f => f.Observed))
                family.Clear();
        }
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach (var family in _families.Values)
                family.WriteTo(text);
        }
        return text.ToString();
    }

    private void Take(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (state is not MetricFamily family)
            return;
        var labels = Labels(tags);
        lock (_lock)
            family.Take(labels, value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(MetricFamily.Underscored(name))
                .Append("=\"")
                .Append(MetricFamily.Escaped(Plain(value), quotes: true))
                .Append('"');
        }
        return text.ToString();
    }

    /// <summary>A label may hold any text; whoever shows it would write its control characters to a terminal.</summary>
    private static string Plain(object? value) =>
        ControlCharacters.Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
