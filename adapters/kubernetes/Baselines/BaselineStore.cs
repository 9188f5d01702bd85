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

    /// <summary>The names of those that were taken back and could not be deleted yet: they are not shown.</summary>
    public IReadOnlyCollection<string> TakenBack
    {
        get
        {
            lock (_lock)
                return [.. _overtaken.Values.Select(stored => stored.Ref.Name)];
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
            var body = new JsonObject
            {
                ["apiVersion"] = Type.ApiVersion,
                ["kind"] = Type.Kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
                ["spec"] = BaselineJson.Write(key, before),
            };
            if (BaselineJson.Stated(BaselineJson.Write(notes)) is { Count: > 0 } status)
            {
                if (status["hook"] is JsonObject run)
                    BaselineJson.Stated(run);
                body["status"] = status;
            }
            BaselineObject stored;
            var created = false;
            try
            {
                var answer = await api.CreateAsync(Type, @namespace, body, cancellationToken).ConfigureAwait(false);
                stored = answer.Read(Kinds.Baselines.Item);
                created = true;
            }
            catch (KubernetesException fault) when (fault is { Code: 409, Reason: "AlreadyExists" })
            {
                if (await DeleteOvertakenAsync(key, cancellationToken).ConfigureAwait(false))
                    return new WriteResult(
                        WriteOutcome.Conflict,
                        $"Baseline {name} was overtaken and is captured anew"
                    );
                stored = await api.GetAsync(Kinds.Baselines, @namespace, name, cancellationToken).ConfigureAwait(false);
            }
            lock (_lock)
                _released.Remove(key);
            watch.Add(stored);
            return created ? WriteResult.Done
                : stored.Spec?.Target?.Uid == before.Uid ? WriteResult.Found
                : new WriteResult(WriteOutcome.Conflict, $"Baseline {name} belongs to another object of that name");
        });

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
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = stored.Version },
                ["status"] = BaselineJson.Write(notes),
            };
            var answer = await api.PatchAsync(Type, @namespace, stored.Ref.Name, null, patch, cancellationToken)
                .ConfigureAwait(false);
            watch.Apply(answer.Read(Kinds.Baselines.Item));
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
            lock (_lock)
                _released.Add(key);
            if (stored.IsDeleted)
            {
                Forget(key);
                return WriteResult.Done;
            }
            try
            {
                await api.DeleteAsync(Type, @namespace, stored.Ref.Name, stored.Version, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException fault) when (fault.Code == 404)
            {
                // Deleted already.
            }
            catch
            {
                lock (_lock)
                    _released.Remove(key);
                throw;
            }
            if (watch.TryFind(@namespace, stored.Ref.Name, out var known))
                watch.Remove(known);
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
        var name = stored.Ref.Name;
        var version =
            watch.TryFind(@namespace, name, out var now) && now.Metadata.Uid == stored.Uid
                ? now.Metadata.ResourceVersion
                : stored.Version;
        try
        {
            await api.DeleteAsync(Type, @namespace, name, version, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault) when (fault.Code == 404)
        {
            // Deleted already.
        }
        if (now?.Metadata.Uid == stored.Uid)
            watch.Remove(now);
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
            foreach (var item in watch.Items)
            {
                if (item.View() is not { } stored)
                    continue;
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
