using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>A kind that is known only by group, version and Kind, read whole because it sleeps by its fields.</summary>
internal sealed class WholeWatch : DiscoveredWatch<SpecObject>
{
    private readonly KubernetesApi _api;
    private readonly Action _changed;

    public WholeWatch(KubernetesApi api, string apiVersion, string kind, Action changed)
        : base(api, apiVersion, kind, changed)
    {
        (_api, _changed) = (api, changed);
        Start();
    }

    public override void Apply(Scale scale) { }

    protected override string? Lack(ResourceType type, bool scales) =>
        type.Namespaced ? null : $"{type.ApiVersion}/{type.Kind} cannot be put to sleep: it lives in no namespace";

    protected override WorkloadWatch<SpecObject> Begin(ResourceType type) => new(_api, Kinds.Whole(type), _changed);
}
