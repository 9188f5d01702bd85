using System.Diagnostics.CodeAnalysis;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Watching;

/// <summary>
/// All objects of a kind, kept in memory by list and watch. It lists once, follows the watch, continues where a watch
/// ended, lists again when the server no longer knows that place (410, as an answer or within the watch), and tries
/// again after growing pauses: at most 10 s for a server that does not answer, 30 s for a right that is missing or a
/// kind that is not served. A refusal that is over within a few seconds is not reported. Safe from several threads.
/// </summary>
/// <typeparam name="T">The fields that are read.</typeparam>
public sealed class Informer<T> : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastingPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly KubernetesApi _api;
    private readonly Resource<T> _resource;
    private readonly string? _namespace;
    private readonly string? _labelSelector;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ObjectName> _written = [];

    // The youngest that were deleted, by UID: an answer or an event that comes late must not bring one back.
    private const int MostDeleted = 256;
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private readonly Queue<string> _deletedInOrder = new(MostDeleted);
    private Dictionary<ObjectName, T> _objects = [];
    private T[]? _items;
    private Task? _running;
    private volatile bool _synced;
    private volatile WatchTrouble? _trouble;
    private long _version;

    // How often it was asked to list again, and how often it had been when the last complete list began.
    private int _asked;
    private int _listed;
    private CancellationTokenSource? _round;

    /// <param name="api">The server.</param>
    /// <param name="resource">The kind.</param>
    /// <param name="namespace">Null: all namespaces.</param>
    /// <param name="labelSelector">As kubectl takes it; null: all.</param>
    public Informer(KubernetesApi api, Resource<T> resource, string? @namespace = null, string? labelSelector = null)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(resource);
        (_api, _resource, _namespace, _labelSelector) = (api, resource, @namespace, labelSelector);
    }

    /// <summary>Raised after something changed, on the thread that read it; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>The kind.</summary>
    public ResourceType Type => _resource.Type;

    /// <summary>It was read completely once.</summary>
    public bool Synced => _synced;

    /// <summary>It was listed whole after the last <see cref="ListAgain"/>, or never asked to.</summary>
    public bool IsCurrent => _synced && Volatile.Read(ref _listed) == Volatile.Read(ref _asked);

    /// <summary>Why it cannot be read at present; null when it can, and for a short interruption.</summary>
    public WatchTrouble? Trouble => _trouble;

    /// <summary>Grows with each change of the objects.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>All of them, in no order; the same list until something changes.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_lock)
                return _items ??= [.. _objects.Values];
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _objects.Count;
        }
    }

    internal IWatchObserver<T>? Observer { get; init; }

    /// <summary>One of them. Whether there is none is only known once <see cref="Synced"/>.</summary>
    public bool TryFind(string? @namespace, string name, [MaybeNullWhen(false)] out T found)
    {
        lock (_lock)
            return _objects.TryGetValue(new ObjectName(@namespace ?? "", name), out found);
    }

    /// <summary>Begins; a second call does nothing.</summary>
    public void Start()
    {
        if (_running is not null)
            return;
        lock (_lock)
            _running ??= Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>
    /// Lists anew, whatever the watch has told: a watch that was cut off without a word says nothing of it. What is
    /// known stays until then.
    /// </summary>
    public void ListAgain()
    {
        lock (_lock)
        {
            _asked++;
            _round?.Cancel();
        }
    }

    /// <summary>
    /// Takes over the server's answer to a write, so that the next reader sees it without waiting for the watch.
    /// Ignored unless it is a newer version of the object that is here.
    /// </summary>
    public void Apply(T written)
    {
        ArgumentNullException.ThrowIfNull(written);
        lock (_lock)
        {
            var name = NameOf(written);
            if (
                !_objects.TryGetValue(name, out var known)
                || known.Metadata.Uid != written.Metadata.Uid
                || ResourceVersion.IsNewer(written.Metadata.ResourceVersion, known.Metadata.ResourceVersion) != true
            )
                return;
            _written.Add(name);
            Set(name, known, written);
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// Takes over an object that was created; not one that the watch has seen deleted since, or newer.
    /// </summary>
    public void Add(T created)
    {
        ArgumentNullException.ThrowIfNull(created);
        lock (_lock)
        {
            var name = NameOf(created);
            if (_objects.ContainsKey(name) || _deleted.Contains(created.Metadata.Uid))
                return;
            _written.Add(name);
            Set(name, null, created);
        }
        Changed?.Invoke();
    }

    /// <summary>Takes over that an object was deleted.</summary>
    public void Remove(T deleted)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        lock (_lock)
        {
            var name = NameOf(deleted);
            if (!_objects.TryGetValue(name, out var known) || known.Metadata.Uid != deleted.Metadata.Uid)
                return;
            Forget(name, known);
        }
        Changed?.Invoke();
    }

    /// <summary>Ends the watch.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_running is not null)
            await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        // The loop below ends at once when it is cancelled here.
        await _api.Begin.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string? version = null;
        for (var failures = 0; !stop.IsCancellationRequested; )
        {
            var lasting = false;
            var round = CancellationTokenSource.CreateLinkedTokenSource(stop);
            try
            {
                int asked;
                lock (_lock)
                {
                    (_round, asked) = (round, _asked);
                    if (asked != _listed)
                        version = null;
                    if (version is null)
                    {
                        _written.Clear();
                        _deleted.Clear();
                        _deletedInOrder.Clear();
                    }
                }
                if (version is null)
                {
                    var list = await _api.ListAsync(_resource, _namespace, _labelSelector, round.Token)
                        .ConfigureAwait(false);
                    Replace(list.Items ?? [], list.Metadata?.ResourceVersion ?? "", asked);
                    version = list.Metadata?.ResourceVersion ?? "";
                }

                var began = _api.Time.GetTimestamp();
                var heard = false;
                var watch = _api.WatchAsync(
                    _resource,
                    _namespace,
                    _labelSelector,
                    version,
                    () => Report(null),
                    round.Token
                );
                await foreach (var change in watch.ConfigureAwait(false))
                {
                    (heard, failures) = (true, 0);
                    Take(change);
                    if (change.Item.Metadata.ResourceVersion is { Length: > 0 } now)
                        version = now;
                }

                // A server that ends each watch at once must not be asked without a pause.
                failures = heard || _api.Time.GetElapsedTime(began) >= ShortestWatch ? 0 : failures + 1;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (round.IsCancellationRequested)
            {
                continue;
            }
            catch (KubernetesException fault)
            {
                failures++;
                var trouble = WatchTrouble.Of(Type, fault);
                var settling = WatchTrouble.MayBeTemporary(fault.Code, failures, _synced);
                lasting = trouble.IsLasting && !settling;
                if (!fault.IsExpired && !settling && (lasting || failures > 2 || !_synced))
                    Report(trouble);
                // A server that keeps refusing a resourceVersion may have lost its history.
                if (fault.IsExpired || (failures > 2 && fault.Code is not null))
                    version = null;
            }
#pragma warning disable CA1031 // Any other exception is reported as the trouble of this kind, and the watch goes on.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                (failures, version) = (failures + 1, null);
                Report(
                    new WatchTrouble(
                        null,
                        $"cannot watch {Type}: an error in Ebb ({fault.GetType().Name}: {fault.Message})"
                    )
                );
            }
            finally
            {
                lock (_lock)
                    _round = null;
                round.Dispose();
            }

            // After the first 410 it is listed again at once.
            if (failures == 0 || (failures == 1 && version is null && _synced && !lasting))
                continue;
            try
            {
                await Task.Delay(Pause(failures, lasting), _api.Time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private TimeSpan Pause(int failures, bool lasting)
    {
        var (full, most) = (
            FirstPause * Math.Pow(2, Math.Min(failures, 10) - 1),
            lasting ? LastingPause : LongestPause
        );
        if (full > most || (lasting && failures <= WatchTrouble.TemporaryRefusals))
            full = most;
        return full * (0.5 + (_api.Chance() / 2));
    }

    private void Report(WatchTrouble? trouble)
    {
        if (_trouble == trouble)
            return;
        _trouble = trouble;
        Changed?.Invoke();
    }

    private void Replace(List<T> items, string version, int asked)
    {
        lock (_lock)
        {
            var before = _objects;
            _objects = new Dictionary<ObjectName, T>(items.Count);
            foreach (var item in items)
            {
                // Deleted while the list was on its way; the watch says so again.
                if (_deleted.Contains(item.Metadata.Uid))
                    continue;
                var name = NameOf(item);
                before.Remove(name, out var known);
                if (known is not null && known.Metadata.Uid == item.Metadata.Uid && IsStill(name, known, item))
                    _objects[name] = known;
                else
                    Set(name, known, item);
            }

            foreach (var gone in before.Values)
            {
                // Created while the list was on its way.
                if (
                    _written.Contains(NameOf(gone))
                    && ResourceVersion.IsNewer(gone.Metadata.ResourceVersion, version) == true
                )
                    _objects[NameOf(gone)] = gone;
                else
                {
                    Observer?.Changed(gone, null);
                    Touch();
                }
            }
            (_synced, _listed) = (true, asked);
            _items = null;
        }

        _trouble = null;
        Changed?.Invoke();
    }

    // An unchanged object stays the same instance. The answer to a write may be newer than a list that was on its way;
    // anything else that seems newer is not, since a server that was restored from a backup counts from an older
    // version on.
    private bool IsStill(ObjectName name, T known, T listed) =>
        known.Metadata.ResourceVersion == listed.Metadata.ResourceVersion
        || (
            _written.Contains(name)
            && ResourceVersion.IsNewer(known.Metadata.ResourceVersion, listed.Metadata.ResourceVersion) == true
        );

    private void Take(WatchEvent<T> change)
    {
        if (change.Type == WatchEventType.Bookmark)
            return;
        lock (_lock)
        {
            var name = NameOf(change.Item);
            _objects.TryGetValue(name, out var known);
            // What was said of an object before it was deleted.
            if (known is null && _deleted.Contains(change.Item.Metadata.Uid))
                return;
            if (
                known is not null
                && ResourceVersion.IsNewer(known.Metadata.ResourceVersion, change.Item.Metadata.ResourceVersion) == true
            )
                return;
            if (change.Type != WatchEventType.Deleted)
                Set(name, known, change.Item);
            else if (known is not null)
                Forget(name, known);
        }

        Changed?.Invoke();
    }

    private void Set(ObjectName name, T? before, T after)
    {
        _objects[name] = after;
        Observer?.Changed(before, after);
        Touch();
    }

    private void Forget(ObjectName name, T known)
    {
        _objects.Remove(name);
        if (_deletedInOrder.Count == MostDeleted)
            _deleted.Remove(_deletedInOrder.Dequeue());
        // Kinds that are read without their UID, such as the scaler's pods, would all seem to be the same one.
        if (known.Metadata.Uid.Length > 0 && _deleted.Add(known.Metadata.Uid))
            _deletedInOrder.Enqueue(known.Metadata.Uid);
        Observer?.Changed(known, null);
        Touch();
    }

    private void Touch()
    {
        _items = null;
        _version++;
    }

    private static ObjectName NameOf(T item) => new(item.Metadata.Namespace, item.Metadata.Name);
}
