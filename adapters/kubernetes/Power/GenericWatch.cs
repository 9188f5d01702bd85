using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>A kind that is known only by group, version and Kind, and sized through its scale.</summary>
internal sealed class GenericWatch : DiscoveredWatch<ScalableObject>
{
    private readonly KubernetesApi _api;
    private readonly Action _changed;
    private volatile ScaleReadings? _scales;

    public GenericWatch(KubernetesApi api, string apiVersion, string kind, Action changed)
        : base(api, apiVersion, kind, changed)
    {
        (_api, _changed) = (api, changed);
        Start();
    }

    public Scale? ScaleOf(IKubernetesObject of) => _scales?.Of(of);

    public string? FaultOf(IKubernetesObject of) => _scales?.Fault(of);

    public override void Apply(Scale scale) => _scales?.Apply(scale);

    public override async Task RereadAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        await base.RereadAsync(@namespace, name, cancellationToken).ConfigureAwait(false);
        if (_scales is { } scales)
            scales.Apply(await _api.GetScaleAsync(Type, @namespace, name, cancellationToken).ConfigureAwait(false));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        if (_scales is not null)
            await _scales.DisposeAsync().ConfigureAwait(false);
    }

    protected override string? Lack(ResourceType type, bool scales) =>
        scales && type.Namespaced
            ? null
            : $"{type.ApiVersion}/{type.Kind} cannot be scaled: it has no scale subresource in a namespace, and no "
                + "SleepMethod names it";

    protected override WorkloadWatch<ScalableObject> Begin(ResourceType type)
    {
        _scales = new ScaleReadings(_api, type, _changed);
        return new WorkloadWatch<ScalableObject>(_api, Kinds.Scalable(type), _changed);
    }
}
