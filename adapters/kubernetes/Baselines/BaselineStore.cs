using System.Text.Json.Nodes;
using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Baselines;

/// <summary>
/// The Baselines in Ebb's namespace. One that somebody deletes while this replica leads stays known from memory until
/// it is created again or released. Safe from several threads.
/// </summary>
/// <param name="api">The server.</param>
/// <param name="namespace">Ebb's own.</param>
/// <param name="watch">What is stored.</param>
/// <param name="term">
/// The term of this replica; null: another one may lead and release what this one has seen.
/// </param>
/// <param name="changed">Called after something other than the watch has changed it.</param>
internal sealed class BaselineStore(
    KubernetesApi api,
    string @namespace,
    Informer<BaselineObject> watch,
    Func<object?> term,
    Action changed
) : IBaselines
{
    private static readonly ResourceType Type = Kinds.Baselines.Type;
    private readonly Lock _lock = new();
    private readonly HashSet<BaselineKey> _released = [];

    /// <summary>Taken back in this term: they count no more, whether or not they could be deleted yet.</summary>
    private readonly Dictionary<BaselineKey, StoredBaseline> _overtaken = [];
    private Contents _known = new(-1, null, []);

    /// <summary>All of them; the same instances until one changes.</summary>
    public IReadOnlyDictionary<BaselineKey, StoredBaseline> All => Read().ByKey;

    /// <summary>Those of one source, in no order; the same list until one of them changes.</summary>
    public IReadOnlyList<StoredBaseline> Of(BaselineSource source) => Read().BySource[(int)source];

    /// <summary>What was taken back and could not be let go of yet: it is not shown.</summary>
    public IReadOnlyCollection<BaselineKey> TakenBack
    {
        get
        {
            lock (_lock)
                return [.. _overtaken.Keys];
        }
    }

    /// <summary>It was read once.</summary>
    public bool Synced => watch.Synced;

    /// <summary>Null until it was read once.</summary>
    public IReadOnlyList<StoredBaseline>? Known(BaselineSource source) => watch.Synced ? Of(source) : null;

    /// <inheritdoc/>
    public Task<WriteResult> CaptureAsync(
        BaselineKey key,
        Baseline before,
        BaselineNotes notes,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var name = BaselineName.Of(key);
            if (watch.TryFind(@namespace, name, out var known))
                return await JoinAsync(key, known, before, notes, cancellationToken).ConfigureAwait(false);
            before = Remembered(key, before);
            var status = BaselineJson.Write(notes, key.Source);
            status["heldBy"] = BaselineJson.Write([key.Source]);
            var body = BaselineJson.Stated(
                new JsonObject
                {
                    ["apiVersion"] = Type.ApiVersion,
                    ["kind"] = Type.Kind,
                    ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
                    ["spec"] = BaselineJson.Write(key, before, key.Source),
                    ["status"] = status,
                }
            );
            try
            {
                var answer = await api.CreateAsync(Type, @namespace, body, cancellationToken).ConfigureAwait(false);
                Keep(key, answer.Read(Kinds.Baselines.Item));
                return WriteResult.Done;
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                var stored = await api.GetAsync(Kinds.Baselines, @namespace, name, cancellationToken)
                    .ConfigureAwait(false);
                return await JoinAsync(key, stored, before, notes, cancellationToken).ConfigureAwait(false);
            }
        });

    /// <summary>
    /// With what is known from memory of one that somebody deleted while others hold it: they have changed the object.
    /// </summary>
    private Baseline Remembered(BaselineKey key, Baseline before)
    {
        var all = All;
        var others = Enum.GetValues<BaselineSource>()
            .Where(source => source != key.Source)
            .Select(source => all.GetValueOrDefault(key with { Source = source }))
            .OfType<StoredBaseline>()
            .Where(other => other.IsDeleted && other.Before.Uid == before.Uid)
            .ToList();
        return others.Count == 0
            ? before
            : BaselineMerge.Of(key, others[0].Before, [.. others.Select(other => other.Key.Source)], before);
    }

    /// <summary>Takes hold of one that is there.</summary>
    private async Task<WriteResult> JoinAsync(
        BaselineKey key,
        BaselineObject there,
        Baseline before,
        BaselineNotes notes,
        CancellationToken cancellationToken
    )
    {
        var name = there.Metadata.Name;
        if (await DeleteOvertakenAsync(key, cancellationToken).ConfigureAwait(false))
            return new WriteResult(WriteOutcome.Conflict, $"Baseline {name} was overtaken and is captured anew");
        var holders = there.Holders;
        // A person may have written it without a UID.
        if (
            there.Spec is not { Target: { } target } recorded
            || (target.Uid is { } uid && before.Uid is { } present && uid != present)
        )
        {
            // Power does not wait for what is kept of an object that is gone.
            if (key.Source == BaselineSource.Power && !holders.Contains(BaselineSource.Power))
                await DropAsync(there, cancellationToken).ConfigureAwait(false);
            else
                Keep(key, there);
            return new WriteResult(WriteOutcome.Conflict, $"Baseline {name} belongs to another object of that name");
        }
        if (holders.Contains(key.Source))
        {
            Keep(key, there);
            return WriteResult.Found;
        }
        var status = BaselineJson.Write(notes, key.Source);
        status["heldBy"] = BaselineJson.Write([.. holders, key.Source]);
        var merged = BaselineMerge.Of(key, BaselineJson.Read(recorded, key), holders, before);
        var spec = BaselineJson.Write(key, merged, BaselineName.Source(recorded.By) ?? holders[0]);
        // That stays, however it is written.
        spec.Remove("target");
        var patch = new JsonObject { ["spec"] = spec, ["status"] = status };
        Keep(key, await PatchAsync(name, Seen(there), patch, cancellationToken).ConfigureAwait(false));
        return WriteResult.Done;
    }

    /// <summary>Nobody holds it any more, and nobody creates it again.</summary>
    private Task DropAsync(BaselineObject seen, CancellationToken cancellationToken) =>
        ReleasingAsync([.. seen.Holds.Select(hold => hold.Key)], () => DeleteAsync(seen, cancellationToken));

    /// <summary>What goes meanwhile was not deleted by somebody else.</summary>
    private async Task ReleasingAsync(IReadOnlyList<BaselineKey> keys, Func<Task> release)
    {
        lock (_lock)
            _released.UnionWith(keys);
        try
        {
            await release().ConfigureAwait(false);
        }
        catch
        {
            lock (_lock)
                _released.ExceptWith(keys);
            throw;
        }
    }

    /// <summary>The caller holds it from now on.</summary>
    private void Keep(BaselineKey key, BaselineObject stored)
    {
        lock (_lock)
            _released.Remove(key);
        watch.Add(stored);
        watch.Apply(stored);
    }

    /// <summary>Writes to it in the version that was seen; after a conflict the present one is read.</summary>
    private async Task<BaselineObject> PatchAsync(
        string name,
        (string Uid, string Version) seen,
        JsonObject patch,
        CancellationToken cancellationToken
    )
    {
        patch["metadata"] = new JsonObject { ["uid"] = seen.Uid, ["resourceVersion"] = seen.Version };
        try
        {
            var answer = await api.PatchAsync(Type, @namespace, name, null, patch, cancellationToken)
                .ConfigureAwait(false);
            var written = answer.Read(Kinds.Baselines.Item);
            watch.Apply(written);
            return written;
        }
        catch (KubernetesException fault) when (fault.Code == 409)
        {
            // The watch may be behind.
            if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is { } present)
                watch.Apply(present);
            throw;
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            if (watch.TryFind(@namespace, name, out var gone) && gone.Metadata.Uid == seen.Uid)
                watch.Remove(gone);
            throw;
        }
    }

    private static (string Uid, string Version) Seen(BaselineObject it) =>
        (it.Metadata.Uid, it.Metadata.ResourceVersion);

    private async Task DeleteAsync(BaselineObject seen, CancellationToken cancellationToken)
    {
        try
        {
            await api.DeleteAsync(
                    Type,
                    @namespace,
                    seen.Metadata.Name,
                    seen.Metadata.ResourceVersion,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            // Deleted already.
        }
        watch.Remove(seen);
    }

    /// <summary>As the server has it; null: it is not there.</summary>
    private async Task<BaselineObject?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await api.GetAsync(Kinds.Baselines, @namespace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            return null;
        }
    }

    /// <summary>Lets go of it; the last one that does deletes it.</summary>
    private async Task LetGoAsync(BaselineKey key, BaselineObject seen, CancellationToken cancellationToken)
    {
        var left = seen.Holders.Where(holder => holder != key.Source).ToList();
        if (left.Count == 0)
        {
            await DeleteAsync(seen, cancellationToken).ConfigureAwait(false);
            return;
        }
        var status = BaselineJson.Write(BaselineNotes.None, key.Source);
        status["heldBy"] = BaselineJson.Write(left);
        var patch = new JsonObject { ["status"] = status };
        await PatchAsync(seen.Metadata.Name, Seen(seen), patch, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void BeginTerm() => Read();

    /// <inheritdoc/>
    public void Remember(BaselineKey key, Baseline before)
    {
        var kind = Kinds.Baselines.Type;
        var name = new ObjectRef(kind.ApiVersion, kind.Kind, @namespace, BaselineName.Of(key));
        lock (_lock)
        {
            var known = Read();
            if (known.ByKey.ContainsKey(key))
                return;
            _known = new Contents(
                known.Version,
                known.Term,
                new Dictionary<BaselineKey, StoredBaseline>(known.ByKey)
                {
                    [key] = new(key, before, BaselineNotes.None, name, "", "") { IsDeleted = true },
                },
                known
            );
        }
        changed();
    }

    /// <inheritdoc/>
    public Task<WriteResult> NoteAsync(
        StoredBaseline stored,
        BaselineNotes notes,
        CancellationToken cancellationToken
    ) =>
        WriteAnswer.OfAsync(async () =>
        {
            var patch = new JsonObject { ["status"] = BaselineJson.Write(notes, stored.Key.Source) };
            await PatchAsync(stored.Ref.Name, (stored.Uid, stored.Version), patch, cancellationToken)
                .ConfigureAwait(false);
            return WriteResult.Done;
        });

    /// <inheritdoc/>
    public async Task<WriteResult> NoteHookAsync(
        BaselineKey key,
        HookRun? seen,
        HookRun run,
        CancellationToken cancellationToken
    ) =>
        All.GetValueOrDefault(key) is not { IsDeleted: false } stored
            ? new WriteResult(WriteOutcome.Gone, $"there is no Baseline of {key}")
        : stored.Notes.Hook != seen
            ? new WriteResult(WriteOutcome.Conflict, $"another run of {key} was stored meanwhile")
        : await NoteAsync(stored, stored.Notes with { Hook = run }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<WriteResult> ReleaseAsync(BaselineKey key, CancellationToken cancellationToken) =>
        WriteAnswer.OfAsync(async () =>
        {
            if (All.GetValueOrDefault(key) is not { } stored)
                return WriteResult.Done;
            await ReleasingAsync(
                    [key],
                    async () =>
                    {
                        if (stored.IsDeleted)
                            Forget(key);
                        else if (
                            watch.TryFind(@namespace, stored.Ref.Name, out var seen)
                            && seen.Metadata.Uid == stored.Uid
                        )
                            await LetGoAsync(key, seen, cancellationToken).ConfigureAwait(false);
                    }
                )
                .ConfigureAwait(false);
            return WriteResult.Done;
        });

    /// <inheritdoc/>
    public async Task TakeBackAsync(BaselineKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Read().ByKey.GetValueOrDefault(key) is not { } stored)
                return;
            if (!stored.IsDeleted)
                _overtaken[key] = stored;
            _known = _known.Without(key);
        }
        changed();
        await SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        BaselineKey[] keys;
        lock (_lock)
            keys = [.. _overtaken.Keys];
        foreach (var key in keys)
            // What cannot be deleted now counts as little as before, and is tried again.
            _ = await WriteAnswer
                .OfAsync(async () =>
                {
                    await DeleteOvertakenAsync(key, cancellationToken).ConfigureAwait(false);
                    return WriteResult.Done;
                })
                .ConfigureAwait(false);
    }

    /// <returns>Whether there was one.</returns>
    private async Task<bool> DeleteOvertakenAsync(BaselineKey key, CancellationToken cancellationToken)
    {
        StoredBaseline? stored;
        lock (_lock)
            if (!_overtaken.TryGetValue(key, out stored))
                return false;
        // The watch may not show yet what was created.
        if (!watch.TryFind(@namespace, stored.Ref.Name, out var now))
            now = await FindAsync(stored.Ref.Name, cancellationToken).ConfigureAwait(false);
        if (now?.Metadata.Uid == stored.Uid)
            await LetGoAsync(key, now, cancellationToken).ConfigureAwait(false);
        lock (_lock)
            _overtaken.Remove(key);
        return true;
    }

    /// <summary>One that is known from memory only is nobody's any more.</summary>
    public void Forget(BaselineKey key)
    {
        lock (_lock)
            if (_known.ByKey.TryGetValue(key, out var stored) && stored.IsDeleted)
                _known = _known.Without(key);
    }

    private Contents Read()
    {
        lock (_lock)
        {
            var (version, present) = (watch.Version, term());
            if (version == _known.Version && ReferenceEquals(present, _known.Term))
                return _known;
            if (!ReferenceEquals(present, _known.Term))
                _overtaken.Clear();
            Dictionary<BaselineKey, StoredBaseline> all = [];
            foreach (var stored in watch.Items.SelectMany(item => item.Holds))
            {
                if (_overtaken.GetValueOrDefault(stored.Key)?.Uid == stored.Uid)
                    continue;
                // Of two that somebody made by hand, the one under Ebb's own name counts.
                if (!all.ContainsKey(stored.Key) || stored.Ref.Name == BaselineName.Of(stored.Key))
                    all[stored.Key] = stored;
            }
            if (present is not null && ReferenceEquals(present, _known.Term))
                foreach (var (key, last) in _known.ByKey)
                    if (!all.ContainsKey(key) && !_released.Contains(key))
                        all[key] = last.IsDeleted ? last : last with { IsDeleted = true };
            _released.RemoveWhere(key => !all.ContainsKey(key) && !_known.ByKey.ContainsKey(key));
            return _known = new Contents(version, present, all, _known);
        }
    }

    private sealed class Contents
    {
        private static readonly BaselineSource[] Sources = Enum.GetValues<BaselineSource>();

        public Contents(
            long version,
            object? term,
            Dictionary<BaselineKey, StoredBaseline> byKey,
            Contents? last = null
        )
        {
            (Version, Term, ByKey) = (version, term, byKey);
            var sources = byKey.Values.ToLookup(stored => stored.Key.Source);
            BySource =
            [
                .. Sources.Select(source =>
                {
                    IReadOnlyList<StoredBaseline> now = [.. sources[source]];
                    var before = last?.BySource[(int)source];
                    return before is not null && before.SequenceEqual(now, ReferenceEqualityComparer.Instance)
                        ? before
                        : now;
                }),
            ];
        }

        public long Version { get; }

        public object? Term { get; }

        public Dictionary<BaselineKey, StoredBaseline> ByKey { get; }

        public IReadOnlyList<StoredBaseline>[] BySource { get; }

        public Contents Without(BaselineKey key) =>
            new(Version, Term, ByKey.Where(one => one.Key != key).ToDictionary(), this);
    }
}
