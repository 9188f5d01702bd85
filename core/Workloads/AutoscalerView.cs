namespace Ebb.Core.Workloads;

/// <summary>The bounds of a HorizontalPodAutoscaler, as last seen.</summary>
/// <param name="Ref">The autoscaler itself.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Least"><c>spec.minReplicas</c>; null: it is absent, and the API takes 1.</param>
/// <param name="Most"><c>spec.maxReplicas</c>; null: not known.</param>
public sealed record AutoscalerView(ObjectRef Ref, string Uid, int? Least, int? Most);
