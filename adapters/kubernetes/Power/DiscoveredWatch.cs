using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>A kind that is known only by group, version and Kind: found through discovery, then watched.</summary>
internal abstract class DiscoveredWatch<T>(KubernetesApi api, string apiVersion, string kind, Action changed)
    : WorkloadWatch
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private Task _finding = Task.CompletedTask;
    private volatile WatchTrouble? _trouble;
    private volatile WorkloadWatch<T>? _watch;
    private volatile ResourceType _type = new(
        Discovery.Split(apiVersion).Group,
        Discovery.Split(apiVersion).Version,
        "",
        kind
    );

    public override ResourceType Type => _type;

    public override bool Synced => _watch?.Synced == true;

    public override WatchTrouble? Trouble => _trouble ?? _watch?.Trouble;

    public override long Version => _watch?.Version ?? 0;

    public override IReadOnlyList<IKubernetesObject> Items => _watch?.Items ?? [];

    public override IKubernetesObject? Find(string @namespace, string name) => _watch?.Find(@namespace, name);

    public override void Apply(ApiAnswer answer) => _watch?.Apply(answer);

    public override async Task RereadAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (_watch is { } watch)
            await watch.RereadAsync(@namespace, name, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _finding.ConfigureAwait(false);
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    protected void Start() => _finding = Task.Run(FindAsync);

    /// <summary>Why a kind that is served cannot be put to sleep in this way; null: it can.</summary>
    protected abstract string? Lack(ResourceType type, bool scales);

    /// <summary>Begins to watch what was found.</summary>
    protected abstract WorkloadWatch<T> Begin(ResourceType type);

    private async Task FindAsync()
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                var found = await Discovery.FindAsync(api, apiVersion, kind, _stop.Token).ConfigureAwait(false);
                var lack = found is var (type, scales) ? Lack(type, scales) : $"{apiVersion} serves no {kind}";
                if (lack is null)
                {
                    _type = found!.Value.Type;
                    _watch = Begin(_type);
                    _trouble = null;
                    changed();
                    return;
                }

                _trouble = new WatchTrouble(404, lack);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (KubernetesException fault) when (!WatchTrouble.MayBeTemporary(fault.Code, failures, served: false))
            {
                _trouble = new WatchTrouble(
                    fault.Code,
                    fault.Code == 404 ? $"{apiVersion} is not served" : fault.Message
                );
            }
            catch (KubernetesException)
            {
                // Discovery may be wrong while the server starts, so it is asked again.
            }

            if (_trouble is not null)
                changed();
            try
            {
                await Task.Delay(
                        _trouble is null ? Pause / 30
                            : _trouble.IsLasting ? Pause
                            : Pause / 10,
                        api.Time,
                        _stop.Token
                    )
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
