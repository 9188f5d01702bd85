using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Ebb.Metrics;

/// <summary>One instrument with what was measured by labels, and its lines.</summary>
internal sealed class MetricFamily
{
    private static readonly double[] SecondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly double[] _bounds = [];

    public MetricFamily(Instrument instrument)
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
            _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? SecondsBuckets;
    }

    public string Name { get; }

    public string Type { get; }

    public string Help { get; }

    public bool Observed { get; }

    private SortedDictionary<string, Cell> Cells { get; } = new(StringComparer.Ordinal);

    public void Clear() => Cells.Clear();

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

    internal static string Underscored(string name) => name.Replace('.', '_');

    internal static string Escaped(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private sealed class Cell(int buckets)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Buckets { get; } = new long[buckets];
    }
}
