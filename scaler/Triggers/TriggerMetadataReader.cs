using System.Globalization;
using Ebb.Core.Capacity;
using Ebb.Core.Schedules;
using Ebb.Core.Settings;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Scaler.Triggers;

/// <summary>Trigger metadata as KEDA hands it over: all of it, or all that is wrong with it.</summary>
internal static class TriggerMetadataReader
{
    private const int MostReplicas = 1_000_000;
    private static readonly LocalTimePattern Time = LocalTimePattern.CreateWithInvariantCulture("H:mm");
    private static readonly string[] CapacityKeys =
    [
        "resource",
        "perReplica",
        "reserve",
        "nodeSelector",
        "growStep",
        "growPeriod",
        "trustFor",
    ];
    private static readonly string[] WindowKeys = ["timezone", "start", "end", "days", "desiredReplicas"];
    private static readonly string[] OtherKeys = ["follow", "schedules", "minReplicas", "maxReplicas", "exact"];

    // KEDA puts what the environment of the target's container says in the place of the value, and leaves the ending.
    private const string FromEnvironment = "FromEnv";

    // KEDA's own, which it hands on with ours.
    private static readonly string[] KedaKeys =
    [
        "scalerAddress",
        "tlsCertFile",
        "caCert",
        "tlsClientCert",
        "tlsClientKey",
        "unsafeSsl",
        "enableTLS",
        "metricType",
        "authModes",
    ];

    /// <summary>The metadata, or one sentence for each fault, each beginning with its key.</summary>
    public static (TriggerMetadata? Metadata, IReadOnlyList<string> Faults) Read(
        IReadOnlyDictionary<string, string> written
    )
    {
        List<string> twice = [];
        var resolved = Resolved(written, twice);
        var read = new Reading(resolved);
        foreach (var key in twice)
            read.Fault(key, "it here or with FromEnv at its end", "both");
        foreach (var key in resolved.Keys.Order(StringComparer.Ordinal))
            if (
                !CapacityKeys.Contains(key)
                && !WindowKeys.Contains(key)
                && !OtherKeys.Contains(key)
                && !KedaKeys.Contains(key)
            )
                read.Fault(
                    key,
                    $"one of {string.Join(", ", OtherKeys.Concat(WindowKeys).Concat(CapacityKeys).Order(StringComparer.Ordinal))}",
                    "a key that does not exist"
                );

        var follow = Follow(read);
        var metadata = new TriggerMetadata
        {
            FollowsSchedule = follow.Schedule,
            Capacity = Capacity(read, follow.Capacity || !follow.Read),
            Schedules = read.List("schedules"),
            Window = Window(read),
            Min = read.Whole("minReplicas", 0, MostReplicas) ?? 0,
            Max = read.Whole("maxReplicas", 0, MostReplicas) ?? MostReplicas,
            Exact = read.Flag("exact", true),
        };
        if (metadata.Min > metadata.Max)
            read.Fault("minReplicas", $"at most maxReplicas ({metadata.Max})", $"{metadata.Min}");
        if (!follow.Schedule && follow.Read)
            foreach (var key in WindowKeys.Append("schedules").Where(read.Has))
                read.Fault(key, "follow: schedule beside it", "a trigger that does not follow the schedule");
        return read.Faults.Count == 0 ? (metadata, []) : (null, read.Faults);
    }

    private static Dictionary<string, string> Resolved(IReadOnlyDictionary<string, string> written, List<string> twice)
    {
        Dictionary<string, string> resolved = new(StringComparer.Ordinal);
        foreach (var (key, value) in written.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var own = key.EndsWith(FromEnvironment, StringComparison.Ordinal) ? key[..^FromEnvironment.Length] : key;
            if (!resolved.TryAdd(own, value))
                twice.Add(own);
        }

        return resolved;
    }

    private static (bool Schedule, bool Capacity, bool Read) Follow(Reading read)
    {
        if (read.List("follow") is not { } words)
            return (
                !CapacityKeys.Any(read.Has) || WindowKeys.Any(read.Has) || read.Has("schedules"),
                CapacityKeys.Any(read.Has),
                true
            );
        if (words.Count > 0 && words.All(word => word is "schedule" or "capacity"))
            return (words.Contains("schedule"), words.Contains("capacity"), true);
        read.Fault("follow", "schedule, capacity or schedule,capacity", read.Quoted("follow"));
        return (false, false, false);
    }

    private static InlineWindow? Window(Reading read)
    {
        if (!WindowKeys.Any(read.Has))
            return null;
        var (start, end) = (ReadTime(read, "start"), ReadTime(read, "end"));
        var replicas = read.Whole("desiredReplicas", 0, MostReplicas, required: true);
        var zoneName = read.Text("timezone") ?? "UTC";
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneName);
        if (zone is null)
            read.Fault("timezone", "an IANA time zone such as Europe/Berlin", read.Quoted("timezone"));
        WeekDays? days = read.Text("days") is { } text ? WeekDays.Parse(text) : WeekDays.All;
        if (days is null)
            read.Fault("days", "days of the week such as Mon-Fri or Sat,Sun", read.Quoted("days"));
        if (start is { } same && same == end)
        {
            read.Fault("end", "another time than start, since the end is excluded", read.Quoted("end"));
            return null;
        }

        return start is { } from && end is { } to && replicas is { } count && zone is not null && days is { } on
            ? new InlineWindow(
                Core.Schedules.Window.Recurring(zone, from, to, on),
                count,
                $"{read.Text("start")}-{read.Text("end")} {zoneName}{(read.Has("days") ? $" {read.Text("days")}" : "")}"
            )
            : null;
    }

    private static LocalTime? ReadTime(Reading read, string key)
    {
        if (read.Text(key) is { } text && Time.Parse(text).TryGetValue(default, out var time))
            return time;
        read.Fault(key, "a time of day such as 08:30", read.Quoted(key));
        return null;
    }

    private static CapacityWish? Capacity(Reading read, bool followed)
    {
        var resource = read.Text("resource") ?? "cpu";
        if (
            !resource.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
            || (
                resource is not ("cpu" or "memory" or "ephemeral-storage")
                && !resource.Contains('/', StringComparison.Ordinal)
            )
        )
            read.Fault(
                "resource",
                "cpu, memory or an extended resource such as nvidia.com/gpu",
                read.Quoted("resource")
            );
        var units = Quantity.UnitsOf(resource);
        long? perReplica = null;
        if (read.Text("perReplica") is { } each)
        {
            if (Quantity.TryParse(each, units, out var value) && value > 0)
                perReplica = value;
            else
                read.Fault("perReplica", "a quantity above 0 such as 500m or 2Gi", read.Quoted("perReplica"));
        }

        var reserve = Reserve.None;
        if (read.Text("reserve") is { } kept)
        {
            if (Reserve.Parse(kept, units) is { } parsed)
                reserve = parsed;
            else
                read.Fault("reserve", "a quantity or a percentage such as 30, 16Gi or 15%", read.Quoted("reserve"));
        }

        var growth = new GrowthSettings(
            Step(read, out var percent),
            percent,
            read.Duration("growPeriod", GrowthSettings.Default.Period, Duration.FromSeconds(1)),
            read.Duration("trustFor", GrowthSettings.Default.TrustFor, Duration.Zero)
        );
        var selector = Selector(read);
        if (followed)
            return new CapacityWish(resource, perReplica, reserve, selector, growth);
        foreach (var key in CapacityKeys.Where(read.Has))
            read.Fault(key, "follow: capacity beside it", "a trigger that does not follow capacity");
        return null;
    }

    private static int? Step(Reading read, out int percent)
    {
        percent = GrowthSettings.Default.Percent;
        if (read.Text("growStep") is not { } text)
            return null;
        if (
            text.EndsWith('%')
            && int.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var part
            )
            && part is >= 1 and <= 100
        )
        {
            percent = part;
            return null;
        }

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && step is >= 1 and <= MostReplicas
        )
            return step;
        read.Fault("growStep", "replicas or a percentage of what fits, such as 5 or 10%", read.Quoted("growStep"));
        return null;
    }

    private static Dictionary<string, string> Selector(Reading read)
    {
        Dictionary<string, string> labels = [];
        foreach (var part in read.List("nodeSelector") ?? [])
        {
            if (part.Split('=') is [{ Length: > 0 } key, var value] && labels.TryAdd(key.Trim(), value.Trim()))
                continue;
            read.Fault("nodeSelector", "labels such as gpu=yes,zone=a", read.Quoted("nodeSelector"));
            break;
        }

        return labels;
    }

    /// <summary>Reads key by key and keeps every fault.</summary>
    private sealed class Reading(IReadOnlyDictionary<string, string> written)
    {
        private readonly List<string> _faults = [];

        public IReadOnlyList<string> Faults => _faults;

        public void Fault(string key, string expected, string found) =>
            _faults.Add($"{key}: expected {expected}, found {found}");

        public bool Has(string key) => Text(key) is not null;

        public string? Text(string key) =>
            written.TryGetValue(key, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        public string Quoted(string key) => Text(key) is { } text ? SettingsReader.Quoted(text) : "nothing";

        public IReadOnlyList<string>? List(string key) =>
            Text(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public int? Whole(string key, int least, int most, bool required = false)
        {
            if (
                Text(key) is { } text
                && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= least
                && value <= most
            )
                return value;
            if (Text(key) is not null || required)
                Fault(key, $"a whole number from {least} to {most}", Quoted(key));
            return null;
        }

        public bool Flag(string key, bool otherwise)
        {
            switch (Text(key)?.ToLowerInvariant())
            {
                case null:
                    return otherwise;
                case "true":
                    return true;
                case "false":
                    return false;
            }

            Fault(key, "true or false", Quoted(key));
            return otherwise;
        }

        public Duration Duration(string key, Duration otherwise, Duration least)
        {
            if (Text(key) is not { } text)
                return otherwise;
            if (
                SettingsReader.ParseDuration(text) is { } value
                && value >= least
                && value <= NodaTime.Duration.FromDays(1)
            )
                return value;
            Fault(key, "a duration up to a day such as 30s, 5min or 1h", Quoted(key));
            return otherwise;
        }
    }
}
