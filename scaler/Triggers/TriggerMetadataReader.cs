namespace Ebb.Scaler.Triggers;

/// <summary>Reads trigger metadata as KEDA passes it on: all of it, or everything that is wrong with it.</summary>
internal static class TriggerMetadataReader
{
    public const int MostReplicas = 1_000_000;

    // KEDA replaces the value with that of an environment variable of the target's container, and leaves this ending of
    // the key.
    private const string FromEnvironment = "FromEnv";

    private static readonly string[] OwnKeys =
    [
        .. CapacityRequestReader.Keys,
        .. InlineWindowReader.Keys,
        "exact",
        "follow",
        "maxReplicas",
        "minReplicas",
        "schedules",
    ];

    // KEDA's, which it passes on with ours.
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

    /// <summary>The metadata, or one sentence for each fault, which begins with the key.</summary>
    public static (TriggerMetadata? Metadata, IReadOnlyList<string> Faults) Read(
        IReadOnlyDictionary<string, string> written
    )
    {
        var (resolved, twice) = Resolve(written);
        var values = new MetadataValues(resolved);
        foreach (var key in twice)
            values.Fault(key, "it here or with FromEnv at its end", "both");
        foreach (var key in resolved.Keys.Except(OwnKeys).Except(KedaKeys).Order(StringComparer.Ordinal))
            values.Fault(
                key,
                $"one of {string.Join(", ", OwnKeys.Order(StringComparer.Ordinal))}",
                "a key that does not exist"
            );

        var follow = Follow(values);
        var metadata = new TriggerMetadata
        {
            Written = written,
            FollowsSchedule = follow.Schedule,
            Capacity = CapacityRequestReader.Read(values, follow.Capacity || !follow.Valid),
            Schedules = values.List("schedules"),
            Window = InlineWindowReader.Read(values),
            Min = values.Whole("minReplicas", 0, MostReplicas) ?? 0,
            Max = values.Whole("maxReplicas", 0, MostReplicas) ?? MostReplicas,
            Exact = values.Flag("exact", true),
        };
        if (metadata.Min > metadata.Max)
            values.Fault("minReplicas", $"at most maxReplicas ({metadata.Max})", $"{metadata.Min}");
        if (!follow.Schedule && follow.Valid)
            foreach (var key in InlineWindowReader.Keys.Append("schedules").Where(values.Has))
                values.Fault(key, "follow: schedule beside it", "a trigger that does not follow the schedule");
        return values.Faults.Count == 0 ? (metadata, []) : (null, values.Faults);
    }

    private static (Dictionary<string, string> Resolved, List<string> Twice) Resolve(
        IReadOnlyDictionary<string, string> written
    )
    {
        Dictionary<string, string> resolved = new(StringComparer.Ordinal);
        List<string> twice = [];
        foreach (var (key, value) in written.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var own = key.EndsWith(FromEnvironment, StringComparison.Ordinal) ? key[..^FromEnvironment.Length] : key;
            if (!resolved.TryAdd(own, value))
                twice.Add(own);
        }

        return (resolved, twice);
    }

    // Without the key, whatever the other keys belong to.
    private static (bool Schedule, bool Capacity, bool Valid) Follow(MetadataValues values)
    {
        var words = values.List("follow");
        if (words is null)
        {
            var capacity = CapacityRequestReader.Keys.Any(values.Has);
            var schedule = InlineWindowReader.Keys.Append("schedules").Any(values.Has);
            return (schedule || !capacity, capacity, true);
        }

        if (words.Count > 0 && words.All(word => word is "schedule" or "capacity"))
            return (words.Contains("schedule"), words.Contains("capacity"), true);
        values.Fault("follow", "schedule, capacity or schedule,capacity", values.Quoted("follow"));
        return (false, false, false);
    }
}
