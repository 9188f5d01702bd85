using System.Collections.Concurrent;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Grpc;
using Ebb.Scaler.Protocol;
using Ebb.Scaler.Triggers;

namespace Ebb.Scaler.Answers;

/// <summary>
/// All triggers that were asked about. Metadata is read once; two triggers of one ScaledObject are told apart by it, since nothing else
/// comes with a call.
/// </summary>
internal sealed class TriggerRegistry(ScalerCluster cluster, TimeProvider time)
{
    private const int MostScaledObjects = 100_000;
    private const int MostTriggers = 32;
    private static readonly TimeSpan Unasked = TimeSpan.FromHours(1);

    // One that was edited is asked about no more, while its successor is.
    private static readonly TimeSpan Replaced = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan OnePoll = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Namespace, string Name), KnownTrigger[]> _entries = new();
    private readonly SchedulePages _schedules = new(cluster);

    // By the bytes of namespace and name; two that fall together take turns here, and the slower way finds either.
    private readonly ConcurrentDictionary<int, KnownTrigger> _byBytes = new();

    /// <summary>Raised the first time that a trigger is found to be wrong, and again when it is wrong in another way.</summary>
    public event Action<string, string, string>? Refused;

    /// <summary>The cluster's, on which all answers depend.</summary>
    public long Version => cluster.Version;

    /// <summary>
    /// The triggers that ScaledObjects have now, each with its place among those of its ScaledObject. A trigger whose metadata was edited
    /// is another one; the old one is asked about no more and does not stand here.
    /// </summary>
    public IEnumerable<(Trigger Trigger, int Place)> Present =>
        _entries.Values.SelectMany(entries =>
            PresentOf(entries)
                .Select((entry, place) => (entry.Trigger, place))
                .Where(one => one.Trigger is not null)
                .Select(one => (one.Trigger!, one.place))
        );

    /// <summary>The present triggers of one ScaledObject, and what is wrong with others of it.</summary>
    public IEnumerable<(Trigger? Trigger, string? Refusal)> Of(string @namespace, string name) =>
        PresentOf(_entries.GetValueOrDefault((@namespace, name)) ?? []).Select(entry => (entry.Trigger, entry.Refusal));

    /// <exception cref="RpcException">INVALID_ARGUMENT, with everything that is wrong with the metadata.</exception>
    public Trigger Find(ScaledObjectRef reference)
    {
        var key = (reference.Namespace, reference.Name);
        var entry = Known(_entries.GetValueOrDefault(key), reference) ?? Add(key, reference);
        entry.Asked = time.GetTimestamp();
        if (entry.Trigger is null)
            throw Invalid(entry, entry.Refusal!);
        _byBytes[entry.Hash] = entry;
        return entry.Trigger;
    }

    /// <summary>A trigger that was found before and is in order, by the bytes of a request; null: look for it in the usual way.</summary>
    public KnownTrigger? FindKnown(ReferenceBytes reference)
    {
        if (
            !_byBytes.TryGetValue(ReferenceBytes.Hash(reference.Namespace, reference.Name), out var known)
            || !reference.Says(known.Packed)
        )
            return null;
        known.Asked = time.GetTimestamp();
        return known;
    }

    /// <summary>The refusal of a trigger whose metadata is in order but asks for something that there is not.</summary>
    public RpcException Refuse(Trigger trigger, string why)
    {
        var entry = (_entries.GetValueOrDefault((trigger.Namespace, trigger.Name)) ?? []).FirstOrDefault(entry =>
            ReferenceEquals(entry.Trigger, trigger)
        );
        if (entry is null)
            return new RpcException(new Status(StatusCode.InvalidArgument, why));
        return Invalid(entry, $"trigger metadata of ScaledObject {trigger.Namespace}/{trigger.Name}: {why}");
    }

    /// <summary>Forgets what nobody has asked about for long and what does not exist any more.</summary>
    public void Sweep()
    {
        foreach (var (key, entries) in _entries)
        {
            // Most are asked about all the time, and there may be very many.
            if (entries.All(entry => time.GetElapsedTime(entry.Asked) < Replaced))
                continue;
            var gone = cluster.IsGone(key.Namespace, key.Name);
            var present = PresentOf(entries);
            var kept = entries
                .Where(entry =>
                    time.GetElapsedTime(entry.Asked) < (gone || !present.Contains(entry) ? Replaced : Unasked)
                )
                .ToArray();
            if (kept.Length == entries.Length)
                continue;
            var done =
                kept.Length == 0
                    ? ((ICollection<KeyValuePair<(string, string), KnownTrigger[]>>)_entries).Remove(
                        KeyValuePair.Create(key, entries)
                    )
                    : _entries.TryUpdate(key, kept, entries);
            if (!done)
                continue;
            foreach (var entry in entries.Except(kept))
            {
                ((ICollection<KeyValuePair<int, KnownTrigger>>)_byBytes).Remove(KeyValuePair.Create(entry.Hash, entry));
                entry.Trigger?.Dispose();
            }
        }
    }

    private KnownTrigger Add((string Namespace, string Name) key, ScaledObjectRef reference)
    {
        if (!IsName(key.Name, 253) || !IsName(key.Namespace, 63))
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, "name and namespace: expected those of a ScaledObject")
            );
        if (_entries.Count >= MostScaledObjects)
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    $"more than {MostScaledObjects} ScaledObjects were asked about"
                )
            );
        var written = new Dictionary<string, string>(reference.ScalerMetadata, StringComparer.Ordinal);
        var (metadata, faults) = TriggerMetadataReader.Read(written);
        var made = new KnownTrigger(key.Namespace, key.Name, written)
        {
            Trigger = metadata is null ? null : new Trigger(key.Namespace, key.Name, metadata, cluster, _schedules),
            Refusal = metadata is null
                ? $"trigger metadata of ScaledObject {key.Namespace}/{key.Name}: {string.Join("; ", faults)}"
                : null,
        };
        while (true)
        {
            var present = _entries.GetOrAdd(key, []);
            if (Known(present, reference) is { } other)
                return other;
            KnownTrigger[] more =
            [
                .. present.Length < MostTriggers ? present : present.OrderBy(entry => entry.Asked).Skip(1),
                made,
            ];
            if (_entries.TryUpdate(key, more, present))
                return made;
        }
    }

    // The last asked, at most as many as the ScaledObject has triggers, in the order in which they were first asked. KEDA asks all triggers of
    // a ScaledObject at each poll, one after the other: one that was left out then is there no more.
    private KnownTrigger[] PresentOf(KnownTrigger[] entries)
    {
        if (entries.Length < 2)
            return entries;
        var most = cluster.ScaledObject(entries[0].Namespace, entries[0].Name).It is { } scaled
            ? Math.Max(1, scaled.Triggers)
            : MostTriggers;
        var last = entries.Max(entry => entry.Asked);
        return
        [
            .. entries
                .Select((entry, place) => (entry, place))
                .Where(one => time.GetElapsedTime(one.entry.Asked, last) < OnePoll)
                .OrderByDescending(one => one.entry.Asked)
                .ThenByDescending(one => one.place)
                .Take(most)
                .OrderBy(one => one.place)
                .Select(one => one.entry),
        ];
    }

    // A name ends up in metrics and Events, whoever says it (RFC 1123).
    private static bool IsName(string name, int most) =>
        name.Length is > 0
        && name.Length <= most
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1]);

    private RpcException Invalid(KnownTrigger entry, string why)
    {
        if (Interlocked.Exchange(ref entry.Told, why) != why)
            Refused?.Invoke(entry.Namespace, entry.Name, why);
        return new RpcException(new Status(StatusCode.InvalidArgument, why));
    }

    private static KnownTrigger? Known(KnownTrigger[]? entries, ScaledObjectRef reference)
    {
        foreach (var entry in entries ?? [])
            if (entry.Says(reference.ScalerMetadata))
                return entry;
        return null;
    }
}
