using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>
/// A kind that is known only by group, version and Kind: found through discovery, watched, and sized through its scale.
/// </summary>
internal sealed class GenericWatch : WorkloadWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesApi _api;
    private readonly Action _changed;
    private readonly Task _finding;
    private volatile WatchTrouble? _trouble;
    private volatile WorkloadWatch<BareObject>? _watch;
    private volatile ScaleReadings? _scales;
    private volatile ResourceType _type;

    public GenericWatch(KubernetesApi api, string apiVersion, string kind, Action changed)
    {
        (_api, _changed) = (api, changed);
        var (group, version) = Discovery.Split(apiVersion);
        _type = new ResourceType(group, version, "", kind);
        _finding = Task.Run(() => FindAsync(apiVersion, kind));
    }

    public override ResourceType Type => _type;

    public override bool Synced => _watch?.Synced == true;

    public override WatchTrouble? Trouble => _trouble ?? _watch?.Trouble;

    public override long Version => _watch?.Version ?? 0;

    public override IKubernetesObject? Find(string @namespace, string name) => _watch?.Find(@namespace, name);

    public Scale? ScaleOf(IKubernetesObject of) => _scales?.Of(of);

    public string? FaultOf(IKubernetesObject of) => _scales?.Fault(of);

    public override void Apply(ApiAnswer answer) => _watch?.Apply(answer);

    public override void Apply(Scale scale) => _scales?.Apply(scale);

    public override async Task RereadAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (_watch is not { } watch || _scales is not { } scales)
            return;
        await watch.RereadAsync(@namespace, name, cancellationToken).ConfigureAwait(false);
        scales.Apply(await _api.GetScaleAsync(Type, @namespace, name, cancellationToken).ConfigureAwait(false));
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _finding.ConfigureAwait(false);
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);
        if (_scales is not null)
            await _scales.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task FindAsync(string apiVersion, string kind)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                var found = await Discovery.FindAsync(_api, apiVersion, kind, _stop.Token).ConfigureAwait(false);
                if (found is var (type, scales) && scales && type.Namespaced)
                {
                    _type = type;
                    _scales = new ScaleReadings(_api, type, _changed);
                    _watch = new WorkloadWatch<BareObject>(_api, Kinds.Bare(type), _changed);
                    _trouble = null;
                    _changed();
                    return;
                }

                _trouble = new WatchTrouble(
                    404,
                    found is null
                        ? $"{apiVersion} serves no {kind}"
                        : $"{apiVersion}/{kind} cannot be scaled: it has no scale subresource in a namespace"
                );
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
                _changed();
            try
            {
                await Task.Delay(
                        _trouble is null ? Pause / 30
                            : _trouble.IsLasting ? Pause
                            : Pause / 10,
                        _api.Time,
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
