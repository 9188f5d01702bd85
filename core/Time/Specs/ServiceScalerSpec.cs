using System.Globalization;
using System.Text.Json;
using Ebb.Core.Time.Forms;
using Ebb.Core.Time.Timetables;

namespace Ebb.Core.Time.Specs;

/// <summary>What a ServiceScaler (<c>scaler.udaan.io/v1</c>) says.</summary>
/// <param name="Default">The four bounds between ranges; a utilisation of 0 is no metric and reads as null.</param>
/// <param name="Timetable">The ranges, with gradual steps.</param>
public sealed record ServiceScalerSpec(ScaleBounds Default, ITimetable Timetable)
{
    private const int MostReplicas = 1_000_000;
    private const int MostPercent = 100_000;

    /// <summary>A fixed size needs no HPA.</summary>
    public bool IsFixed => Default.Min == Default.Max;

    /// <summary>Reads <c>spec</c>. Overlapping ranges are allowed: the last listed holds.</summary>
    public static Parsed<ServiceScalerSpec> Read(JsonElement? spec)
    {
        List<SpecFault> faults = [];
        var root = new SpecReader(spec, "spec", faults);
        var usual = Read(root.Object("hpa", required: true), required: true);
        if (usual.Min > usual.Max)
            faults.Add(
                new SpecFault("spec.hpa.minReplicas", $"at most maxReplicas ({Words(usual.Max)})", Words(usual.Min))
            );
        List<Rule> rules = [];
        foreach (var range in root.Objects("timeRangeSpec"))
        {
            var kind = range.Text("kind", "ZonedTime or ZonedDateTime");
            var window = kind switch
            {
                "ZonedTime" => ZonedTime.Read(range),
                "ZonedDateTime" => ZonedDateTimeRange.Read(range),
                _ => null,
            };
            if (kind is not (null or "ZonedTime" or "ZonedDateTime"))
                range.Fault("kind", "ZonedTime or ZonedDateTime", SpecFault.Quoted(kind));
            var replicas = range.Object("replicaSpec", required: false).Object("hpa", required: false);
            var own = Read(replicas, required: false);
            var bounds = new ScaleBounds(
                own.Min ?? usual.Min,
                own.Max ?? usual.Max,
                own.Cpu ?? usual.Cpu,
                own.Memory ?? usual.Memory
            );
            if (bounds.Min > bounds.Max && usual.Min <= usual.Max)
                replicas.Fault("minReplicas", $"at most maxReplicas ({Words(bounds.Max)})", Words(bounds.Min));
            if (window is not null)
                rules.Add(new Rule(window, Metrics(bounds), $"{kind} {range.Text("from")} to {range.Text("to")}"));
        }

        if (faults.Count > 0)
            return new Parsed<ServiceScalerSpec>(null, faults);
        var otherwise = new ScheduleState(Metrics(usual), "spec.hpa", false);
        return new Parsed<ServiceScalerSpec>(
            new ServiceScalerSpec(otherwise.Bounds, new Gradual(new LastMatching(otherwise, rules))),
            []
        );
    }

    private static ScaleBounds Read(SpecReader hpa, bool required) =>
        new(
            hpa.Whole("minReplicas", 0, MostReplicas, required),
            hpa.Whole("maxReplicas", 1, MostReplicas, required),
            hpa.Whole("targetCPUUtilization", 0, MostPercent),
            hpa.Whole("targetMemoryUtilization", 0, MostPercent)
        );

    /// <summary>A utilisation of 0 removes the metric.</summary>
    private static ScaleBounds Metrics(ScaleBounds bounds) =>
        bounds with
        {
            Cpu = bounds.Cpu == 0 ? null : bounds.Cpu,
            Memory = bounds.Memory == 0 ? null : bounds.Memory,
        };

    private static string Words(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "nothing";
}
