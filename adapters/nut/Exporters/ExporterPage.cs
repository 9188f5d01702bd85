using System.Globalization;
using Ebb.Core.Power;
using NodaTime;

namespace Ebb.Nut.Exporters;

/// <summary>What a page of an exporter says about one UPS.</summary>
/// <param name="Flags">The status words that are set, in the page's order.</param>
/// <param name="Charge">Percent.</param>
/// <param name="Runtime">Seconds.</param>
/// <param name="Load">Percent.</param>
/// <param name="ChargeLow">Percent.</param>
/// <param name="RuntimeLow">Seconds.</param>
/// <param name="Disbelieved">Which numbers came and cannot be true; null: none.</param>
/// <param name="RuntimeAtZero">Zero came as the runtime.</param>
internal sealed record ExporterPage(
    UpsFlags Flags,
    double? Charge,
    Duration? Runtime,
    double? Load,
    double? ChargeLow,
    Duration? RuntimeLow,
    string? Disbelieved,
    bool RuntimeAtZero
)
{
    /// <summary>A page of nut_exporter has some 60 lines; of HON95's exporter 60 for each UPS.</summary>
    private const int MostSamples = 20_000;

    /// <summary>
    /// The dialect is told by the labels, because the metric names of nut_exporter begin with whatever namespace it was
    /// given:
    /// <c>…_ups_status{flag="OB"} 1</c> is nut_exporter's, <c>nut_ups_status{ups="x",status="OB"} 1</c> is HON95's.
    /// </summary>
    /// <param name="text">The whole page.</param>
    /// <param name="ups">Which UPS of a page with several; null for the only one.</param>
    /// <param name="fault">Why there is no answer.</param>
    internal static ExporterPage? Parse(string text, string? ups, out SourceFault fault)
    {
        fault = default;
        var begin = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        if (begin.IsEmpty)
            return Refuse(out fault, UpsFault.NoData, "an empty page");
        if (begin[0] == '<')
            return Refuse(out fault, UpsFault.NoData, "an HTML page: is the path the one of the UPS metrics?");

        List<Sample> samples = [];
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            if (line.IsEmpty || line[0] == '#' || Sample.Parse(line) is not { } sample)
                continue;
            if (samples.Count == MostSamples)
                return Refuse(out fault, UpsFault.Garbled, $"more than {MostSamples} samples");
            samples.Add(sample);
        }
        if (samples.Exists(IsHon95Status))
            return OfHon95(samples, ups, out fault);
        return samples.Exists(IsNutExporterStatus)
            ? OfNutExporter(samples, ups, out fault)
            : Refuse(
                out fault,
                UpsFault.NoData,
                samples.Count == 0 ? "a page without metrics" : "a page without the status of a UPS"
            );
    }

    private static bool IsHon95Status(Sample sample) =>
        sample.Name == "nut_ups_status" && sample.Label("status") is not null && sample.Label("ups") is not null;

    private static bool IsNutExporterStatus(Sample sample) =>
        sample.Name.EndsWith("ups_status", StringComparison.Ordinal) && sample.Label("flag") is not null;

    /// <summary>
    /// Its own page is about one UPS and does not name it; one that was put together from several does, by a label.
    /// </summary>
    private static ExporterPage? OfNutExporter(List<Sample> samples, string? ups, out SourceFault fault)
    {
        fault = default;
        var statuses = samples.FindAll(IsNutExporterStatus);
        string? name = null;
        if (statuses.Exists(sample => sample.Label("ups") is not null))
        {
            name = NameOf(statuses, ups, out fault);
            if (name is null)
                return null;
        }
        var page = new Series(samples, sample => name is null || IsOf(sample, name));
        var status = statuses.Find(sample => name is null || IsOf(sample, name))!.Name;
        var prefix = status[..^"ups_status".Length];
        return new ExporterPage(
            page.Set(status, "flag"),
            UpsNumbers.Charge(page.Text(prefix + "battery_charge", 1)),
            UpsNumbers.Runtime(page.Text(prefix + "battery_runtime", 1)),
            UpsNumbers.Load(page.Text(prefix + "ups_load", 1)),
            UpsNumbers.Charge(page.Text(prefix + "battery_charge_low", 1)),
            UpsNumbers.Runtime(page.Text(prefix + "battery_runtime_low", 1)),
            UpsNumbers.Disbelieved(page.Text(prefix + "battery_charge", 1), page.Text(prefix + "battery_runtime", 1)),
            UpsNumbers.IsZero(page.Text(prefix + "battery_runtime", 1))
        );
    }

    private static ExporterPage? OfHon95(List<Sample> samples, string? ups, out SourceFault fault)
    {
        if (NameOf(samples.FindAll(IsHon95Status), ups, out fault) is not { } name)
            return null;
        var page = new Series(samples, sample => IsOf(sample, name));
        return new ExporterPage(
            page.Set("nut_ups_status", "status"),
            UpsNumbers.Charge(page.Text("nut_battery_charge", 100)),
            UpsNumbers.Runtime(page.Text("nut_battery_runtime_seconds", 1)),
            UpsNumbers.Load(page.Text("nut_load", 100)),
            UpsNumbers.Charge(page.Text("nut_battery_charge_low", 100)),
            UpsNumbers.Runtime(page.Text("nut_battery_runtime_low_seconds", 1)),
            UpsNumbers.Disbelieved(page.Text("nut_battery_charge", 100), page.Text("nut_battery_runtime_seconds", 1)),
            UpsNumbers.IsZero(page.Text("nut_battery_runtime_seconds", 1))
        );
    }

    /// <summary>
    /// The one of the UPSes with these statuses that is asked for; null: it is none, or not said which.
    /// </summary>
    private static string? NameOf(List<Sample> statuses, string? ups, out SourceFault fault)
    {
        fault = default;
        var names = statuses
            .Select(sample => sample.Label("ups"))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (ups is null && names.Count > 1)
        {
            Refuse(out fault, UpsFault.UnknownUps, $"a page with {names.Count} UPSes, and no ?ups= to say which");
            return null;
        }
        var name = ups is null ? names[0] : names.Find(each => each.Equals(ups, StringComparison.OrdinalIgnoreCase));
        if (name is null)
            Refuse(out fault, UpsFault.UnknownUps, "a page without this UPS");
        return name;
    }

    private static bool IsOf(Sample sample, string ups) =>
        ups.Equals(sample.Label("ups"), StringComparison.OrdinalIgnoreCase);

    private static ExporterPage? Refuse(out SourceFault fault, UpsFault kind, string found)
    {
        fault = new SourceFault(kind, $"expected the metrics of a UPS, found {found}");
        return null;
    }

    /// <summary>The samples that concern one UPS.</summary>
    private sealed class Series(List<Sample> samples, Predicate<Sample> concerns)
    {
        /// <summary>
        /// Words with value 1. nut_exporter writes <c>flag=""</c> for an empty status; HON95's exporter writes 0
        /// everywhere for
        /// words that it does not know (WAIT, CAL, ALARM). Both come out as a status that says nothing.
        /// </summary>
        internal UpsFlags Set(string name, string label) =>
            UpsFlags.From(
                samples
                    .Where(sample => sample.Name == name && sample.Value == 1 && concerns(sample))
                    .Select(sample => sample.Label(label) ?? "")
            );

        /// <summary>
        /// As a device would write it, so that one place (<see cref="UpsNumbers"/>) judges it. Null for NaN and
        /// infinities.
        /// </summary>
        internal string? Text(string name, double scale)
        {
            var value = samples.Find(sample => sample.Name == name && concerns(sample))?.Value * scale;
            return value is { } number && double.IsFinite(number) && Math.Abs(number) < 1e15
                ? number.ToString("0.######", CultureInfo.InvariantCulture)
                : null;
        }
    }
}
