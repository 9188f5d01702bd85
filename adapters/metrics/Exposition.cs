using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Ebb.Core.Ports;

namespace Ebb.Metrics;

/// <summary>
/// What the instruments of some meters show, in Prometheus' text format 0.0.4. Names follow the OpenTelemetry rules for
/// Prometheus:
/// dots become underscores, the unit is appended in full (<c>s</c>: seconds, <c>1</c>: ratio), counters end in
/// <c>_total</c>.
/// Stands in for the OpenTelemetry Prometheus exporter until that restores.
/// </summary>
public sealed class Exposition : IDisposable
{
    /// <summary>The type of <see cref="Render"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
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
            Family family;
            lock (_lock)
            {
                family = new Family(instrument);
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
                family.Cells.Clear();
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
        if (state is not Family family)
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
            text.Append(Underscored(name)).Append("=\"").Append(Escaped(Plain(value), quotes: true)).Append('"');
        }
        return text.ToString();
    }

    /// <summary>A label may hold any text; whoever shows it would write its control characters to a terminal.</summary>
    private static string Plain(object? value) =>
        ControlCharacters.Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    private static string Underscored(string name) => name.Replace('.', '_');

    private static string Escaped(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private sealed class Family
    {
        private static readonly double[] SecondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
        private readonly double[] _bounds = [];

        public Family(Instrument instrument)
        {
            var counts =
                instrument is Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double>;
            var spread = instrument is Histogram<double> or Histogram<long>;
            Type =
                spread ? "histogram"
                : counts ? "counter"
                : "gauge";
            Observed = instrument.IsObservable;
            Help = instrument.Description ?? "";
            var unit = instrument.Unit switch
            {
                "s" => "_seconds",
                "By" => "_bytes",
                "1" when !counts => "_ratio",
                _ => "",
            };
            Name = Underscored(instrument.Name) + unit + (counts ? "_total" : "");
            if (spread)
                _bounds =
                    (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? SecondsBuckets;
        }

        public string Name { get; }

        public string Type { get; }

        public string Help { get; }

        public bool Observed { get; }

        public SortedDictionary<string, Cell> Cells { get; } = new(StringComparer.Ordinal);

        public void Take(string labels, double value)
        {
            if (!Cells.TryGetValue(labels, out var cell))
                Cells[labels] = cell = new Cell(_bounds.Length);
            switch (Type)
            {
                case "histogram":
                    cell.Count++;
                    cell.Value += value;
                    for (var i = 0; i < _bounds.Length; i++)
                        if (value <= _bounds[i])
                            cell.Buckets[i]++;
                    break;
                case "counter" when !Observed:
                    cell.Value += value;
                    break;
                default:
                    cell.Value = value;
                    break;
            }
        }

        public void WriteTo(StringBuilder text)
        {
            if (Cells.Count == 0)
                return;
            text.Append("# HELP ").Append(Name).Append(' ').Append(Escaped(Help, quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
            foreach (var (labels, cell) in Cells)
            {
                if (Type != "histogram")
                {
                    Line(text, "", labels, cell.Value);
                    continue;
                }
                for (var i = 0; i < _bounds.Length; i++)
                    Line(text, "_bucket", With(labels, $"le=\"{Number(_bounds[i])}\""), cell.Buckets[i]);
                Line(text, "_bucket", With(labels, "le=\"+Inf\""), cell.Count);
                Line(text, "_sum", labels, cell.Value);
                Line(text, "_count", labels, cell.Count);
            }
        }

        private void Line(StringBuilder text, string suffix, string labels, double value)
        {
            text.Append(Name).Append(suffix);
            if (labels.Length > 0)
                text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        private static string With(string labels, string more) => labels.Length == 0 ? more : $"{labels},{more}";

        private static string Number(double value) =>
            double.IsPositiveInfinity(value) ? "+Inf"
            : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class Cell(int buckets)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[buckets];
    }
}
