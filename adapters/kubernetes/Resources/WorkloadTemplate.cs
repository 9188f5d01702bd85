namespace Ebb.Kubernetes.Resources;

/// <summary>What a workload makes its pods from, as far as Services select by it.</summary>
internal sealed record WorkloadTemplate(WorkloadTemplateMeta? Metadata);

internal sealed record WorkloadTemplateMeta(SmallDictionary? Labels);
