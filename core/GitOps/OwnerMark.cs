using Ebb.Core.Workloads;

namespace Ebb.Core.GitOps;

/// <summary>Who applies an object from Git, as its labels or annotations say.</summary>
/// <param name="Type">kustomization, helmrelease or application.</param>
/// <param name="Namespace">Of the owner; null: not said, any.</param>
/// <param name="Name">Its name.</param>
/// <param name="Certain">False: a label that others set as well; it counts only where there is such an owner.</param>
public sealed record OwnerMark(WorkloadType Type, string? Namespace, string Name, bool Certain)
{
    private const string KustomizeName = "kustomize.toolkit.fluxcd.io/name";
    private const string KustomizeNamespace = "kustomize.toolkit.fluxcd.io/namespace";
    private const string HelmName = "helm.toolkit.fluxcd.io/name";
    private const string HelmNamespace = "helm.toolkit.fluxcd.io/namespace";
    private const string TrackingId = "argocd.argoproj.io/tracking-id";
    private const string Instance = "app.kubernetes.io/instance";

    private static readonly WorkloadType Kustomization = WorkloadType.Parse("kustomization")!;
    private static readonly WorkloadType HelmRelease = WorkloadType.Parse("helmrelease")!;
    private static readonly WorkloadType Application = WorkloadType.Parse("application")!;

    /// <summary>Of a workload and of what scales it, in no order; an object never owns itself.</summary>
    public static IReadOnlyList<OwnerMark> Of(WorkloadView workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        List<OwnerMark>? found = null;
        Add(ref found, workload.Ref, workload.Labels, workload.Annotations);
        if (workload.ScaledObject is { } scaler)
            Add(ref found, scaler.Ref, scaler.Labels, scaler.Annotations);
        return found is null ? [] : Others(found, workload.Ref);
    }

    /// <summary>Apart, so that nothing is allocated for a workload that carries no mark.</summary>
    private static IReadOnlyList<OwnerMark> Others(List<OwnerMark> found, ObjectRef self) =>
        [.. found.Where(mark => !mark.Names(self)).Distinct()];

    /// <summary>
    /// Whether a mark of the workload may be believed: the owner is in its namespace, or says itself that it applies
    /// it.
    /// Else whoever labels a workload could have anything of another namespace held back.
    /// </summary>
    public static bool IsOwner(WorkloadView owner, WorkloadView workload)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(workload);
        return owner.Ref.Namespace == workload.Ref.Namespace
            || owner.Applies?.Contains(workload.Ref) == true
            || (workload.ScaledObject is { } scaler && owner.Applies?.Contains(scaler.Ref) == true);
    }

    /// <summary>Whether it is this object that is meant.</summary>
    public bool Names(ObjectRef owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner.Kind == Type.Kind
            && owner.ApiVersion == Type.ApiVersion
            && owner.Name == Name
            && (Namespace ?? owner.Namespace) == owner.Namespace;
    }

    private static void Add(
        ref List<OwnerMark>? found,
        ObjectRef of,
        IReadOnlyDictionary<string, string> labels,
        IReadOnlyDictionary<string, string> annotations
    )
    {
        if (
            labels.GetValueOrDefault(KustomizeName) is { } name
            && labels.GetValueOrDefault(KustomizeNamespace) is { } at
        )
            (found ??= []).Add(new OwnerMark(Kustomization, at, name, true));
        if (labels.GetValueOrDefault(HelmName) is { } release && labels.GetValueOrDefault(HelmNamespace) is { } place)
            (found ??= []).Add(new OwnerMark(HelmRelease, place, release, true));
        if (annotations.GetValueOrDefault(TrackingId) is { } tracking)
        {
            if (Tracked(of, tracking) is { } application)
                (found ??= []).Add(application);
        }
        else if (labels.GetValueOrDefault(Instance) is { Length: > 0 } instance)
            (found ??= []).Add(new OwnerMark(Application, null, instance, false));
    }

    /// <summary>
    /// <c>application:group/Kind:namespace/name</c>, and <c>namespace_application</c> for one outside Argo CD's own
    /// namespace. One that speaks of another object was copied from there, and Argo CD does not count it either.
    /// </summary>
    private static OwnerMark? Tracked(ObjectRef of, string id)
    {
        var parts = id.Split(':');
        var group = of.ApiVersion.Contains('/', StringComparison.Ordinal) ? of.ApiVersion.Split('/')[0] : "";
        if (parts.Length != 3 || parts[1] != $"{group}/{of.Kind}" || parts[2] != $"{of.Namespace}/{of.Name}")
            return null;
        return parts[0].Split('_') switch
        {
            [{ Length: > 0 } name] => new OwnerMark(Application, null, name, true),
            [{ Length: > 0 } at, { Length: > 0 } name] => new OwnerMark(Application, at, name, true),
            _ => null,
        };
    }
}
