using System.Collections.Concurrent;
using Ebb.Kubernetes.Capacity;
using Ebb.Scaler.Protocol;
using Ebb.Scaler.Triggers;
using Google.Protobuf;
using Grpc.Core;
using static System.Text.Encoding;

namespace Ebb.Scaler.Answers;

/// <summary>
/// All triggers that were asked about. Metadata is read once; it is all that tells two triggers of one ScaledObject
/// apart, since
/// nothing else comes with a call. Safe from several threads.
/// </summary>
/// <param name="cluster">What is known of the cluster.</param>
/// <param name="time">The clock of deadlines.</param>
/// <param name="admins">Namespaces whose Schedules may select in others.</param>
internal sealed class TriggerRegistry(ScalerCluster cluster, TimeProvider time, IReadOnlyList<string> admins)
{
    private const int MostScaledObjects = 100_000;
    private const int MostTriggers = 32;
    private const int LongestName = 253;
    private const int LongestNamespace = 63;

    /// <summary>How long a trigger is kept that nobody asks about.</summary>
    private static readonly TimeSpan KeepUnasked = TimeSpan.FromHours(1);

    /// <summary>The same where its ScaledObject is gone or has other triggers by now.</summary>
    private static readonly TimeSpan KeepReplaced = TimeSpan.FromMinutes(5);

    /// <summary>Within this KEDA asks about all triggers of a ScaledObject.</summary>
    private static readonly TimeSpan OnePoll = TimeSpan.FromMinutes(1);

    // By "namespace/name" of the ScaledObject.
    private readonly ConcurrentDictionary<string, KnownTrigger[]> _known = new(StringComparer.Ordinal);
    private readonly NamespaceSchedules _schedules = new(cluster, admins);
    private IReadOnlyList<ExternalTrigger>? _learnedFrom;
    private IReadOnlyList<(ScaledObjectRef Reference, byte[] Bytes)> _learned = [];

    /// <summary>
    /// Raised when a trigger is found to be wrong for the first time, and when it is wrong in another way.
    /// </summary>
    public event Action<string, string, string>? Refused;

    /// <summary>
    /// The triggers that ScaledObjects have now, each with its index among those of its ScaledObject. A trigger with
    /// edited metadata
    /// is another one; nobody asks about the old one any more, and it is left out.
    /// </summary>
    public IEnumerable<(Trigger Trigger, int Index)> Present =>
        _known.Values.SelectMany(known =>
            PresentAmong(known)
                .Select((one, index) => (one.Trigger, index))
                .Where(one => one.Trigger is not null)
                .Select(one => (one.Trigger!, one.index))
        );

    /// <summary>The present triggers of one ScaledObject, and what is wrong with others of it.</summary>
    public IEnumerable<(Trigger? Trigger, string? Refusal)> Of(string @namespace, string name) =>
        PresentAmong(All(@namespace, name)).Select(known => (known.Trigger, known.Refusal));

    /// <exception cref="RpcException">INVALID_ARGUMENT, with everything that is wrong with the metadata.</exception>
    public Trigger Find(ScaledObjectRef reference)
    {
        var bytes = reference.ToByteArray();
        var known = Find(bytes) ?? Add(reference, bytes);
        return known.Trigger ?? throw Invalid(known, known.Refusal!);
    }

    /// <summary>A trigger that was asked about before, by the bytes of its ScaledObjectRef.</summary>
    public KnownTrigger? Find(ReadOnlySpan<byte> reference)
    {
        ReadOnlySpan<byte> name = default,
            space = default;
        for (var rest = reference; WireFields.TryTake(ref rest, out var number, out var value); )
            if (number == ScaledObjectRef.NameFieldNumber)
                name = value;
            else if (number == ScaledObjectRef.NamespaceFieldNumber)
                space = value;
        if (name.Length > LongestName || space.Length > LongestNamespace)
            return null;

        Span<char> key = stackalloc char[space.Length + 1 + name.Length];
        Latin1.GetChars(space, key);
        key[space.Length] = '/';
        Latin1.GetChars(name, key[(space.Length + 1)..]);
        return _known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var among)
            ? Find(among, reference)
            : null;
    }

    /// <summary>The refusal of a trigger with valid metadata that asks for something that does not exist.</summary>
    public RpcException Refuse(Trigger trigger, string why)
    {
        var known = All(trigger.Namespace, trigger.Name).FirstOrDefault(one => ReferenceEquals(one.Trigger, trigger));
        return known is null
            ? InvalidArgument(why)
            : Invalid(known, $"trigger metadata of ScaledObject {trigger.Namespace}/{trigger.Name}: {why}");
    }

    /// <summary>
    /// Knows the triggers that ScaledObjects have, whichever replica KEDA asks about them. Those of other scalers are
    /// left out: what cannot be read as ours is not ours, or is refused when it is asked about.
    /// </summary>
    public void Learn(IReadOnlyList<ExternalTrigger> triggers)
    {
        if (!ReferenceEquals(triggers, _learnedFrom))
            (_learnedFrom, _learned) = (
                triggers,
                [
                    .. triggers
                        .Where(one =>
                            one.Metadata.Count + 2 <= WireFields.Most
                            && TriggerMetadataReader.Read(one.Metadata).Metadata is not null
                        )
                        .Select(Reference)
                        .Select(reference => (reference, reference.ToByteArray())),
                ]
            );
        foreach (var (reference, bytes) in _learned)
            if (Find(bytes) is null)
                Add(reference, bytes);
    }

    private static ScaledObjectRef Reference(ExternalTrigger trigger)
    {
        var reference = new ScaledObjectRef { Namespace = trigger.Namespace, Name = trigger.Name };
        foreach (var (key, value) in trigger.Metadata)
            reference.ScalerMetadata[key] = value;
        return reference;
    }

    /// <summary>Forgets what nobody has asked about for long and what does not exist any more.</summary>
    public void RemoveExpired()
    {
        foreach (var (key, known) in _known)
        {
            // Most are asked about all the time, and there may be very many.
            if (known.All(one => time.GetElapsedTime(one.Asked) < KeepReplaced))
                continue;
            var gone = known.Length == 0 || cluster.IsGone(known[0].Namespace, known[0].Name);
            var present = PresentAmong(known);
            KnownTrigger[] kept =
            [
                .. known.Where(one =>
                    time.GetElapsedTime(one.Asked) < (gone || !present.Contains(one) ? KeepReplaced : KeepUnasked)
                ),
            ];
            var changed =
                kept.Length == 0
                    ? _known.TryRemove(KeyValuePair.Create(key, known))
                    : kept.Length < known.Length && _known.TryUpdate(key, kept, known);
            if (changed)
                foreach (var one in known.Except(kept))
                    one.Trigger?.Dispose();
        }
    }

    private KnownTrigger Add(ScaledObjectRef reference, byte[] bytes)
    {
        var (@namespace, name) = (reference.Namespace, reference.Name);
        if (!IsName(name, LongestName) || !IsName(@namespace, LongestNamespace))
            throw InvalidArgument("name and namespace: expected those of a ScaledObject");
        if (reference.ScalerMetadata.Count + 2 > WireFields.Most)
            throw InvalidArgument($"trigger metadata of ScaledObject {@namespace}/{name}: too many keys");
        if (_known.Count >= MostScaledObjects)
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    $"more than {MostScaledObjects} ScaledObjects were asked about"
                )
            );
        var (metadata, faults) = TriggerMetadataReader.Read(reference.ScalerMetadata);
        var added = new KnownTrigger(@namespace, name, bytes)
        {
            Trigger = metadata is null ? null : new Trigger(@namespace, name, metadata, cluster, _schedules),
            Refusal = metadata is null
                ? $"trigger metadata of ScaledObject {@namespace}/{name}: {string.Join("; ", faults)}"
                : null,
            Asked = time.GetTimestamp(),
        };
        while (true)
        {
            var known = _known.GetOrAdd($"{@namespace}/{name}", []);
            if (Find(known, bytes) is { } other)
                return other;
            var oldest = known.Length < MostTriggers ? null : known.MinBy(one => one.Asked);
            if (!_known.TryUpdate($"{@namespace}/{name}", [.. known.Where(one => one != oldest), added], known))
                continue;
            oldest?.Trigger?.Dispose();
            return added;
        }
    }

    private KnownTrigger[] All(string @namespace, string name) =>
        _known.GetValueOrDefault($"{@namespace}/{name}") ?? [];

    private KnownTrigger? Find(KnownTrigger[] among, ReadOnlySpan<byte> reference)
    {
        foreach (var known in among)
        {
            if (!WireFields.AreSame(reference, known.Reference))
                continue;
            known.Asked = time.GetTimestamp();
            return known;
        }

        return null;
    }

    // The last asked, at most as many as the ScaledObject has triggers, in the order in which they were first asked.
    // KEDA asks about all
    // triggers of a ScaledObject at each poll: one that was left out then exists no more.
    private KnownTrigger[] PresentAmong(KnownTrigger[] known)
    {
        if (known.Length < 2)
            return known;
        var most = cluster.ScaledObject(known[0].Namespace, known[0].Name).It is { } scaled
            ? Math.Max(1, scaled.Triggers)
            : MostTriggers;
        var last = known.Max(one => one.Asked);
        return
        [
            .. known
                .Index()
                .Where(one => time.GetElapsedTime(one.Item.Asked, last) < OnePoll)
                .OrderByDescending(one => one.Item.Asked)
                .ThenByDescending(one => one.Index)
                .Take(most)
                .OrderBy(one => one.Index)
                .Select(one => one.Item),
        ];
    }

    // A name ends up in metrics and Events, whoever sends it (RFC 1123).
    private static bool IsName(string name, int longest) =>
        name.Length > 0
        && name.Length <= longest
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1]);

    private RpcException Invalid(KnownTrigger known, string why)
    {
        if (Interlocked.Exchange(ref known.Reported, why) != why)
            Refused?.Invoke(known.Namespace, known.Name, why);
        return InvalidArgument(why);
    }

    private static RpcException InvalidArgument(string why) => new(new Status(StatusCode.InvalidArgument, why));
}
