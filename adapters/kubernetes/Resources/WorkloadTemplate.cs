using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Kubernetes.Resources;

/// <summary>What a workload makes its pods from: what Services select by, what a pod requests, where it may go.</summary>
internal sealed record WorkloadTemplate(
    WorkloadTemplateMeta? Metadata,
    [property: JsonConverter(typeof(TemplateConverter))] TemplateFacts? Spec = null
);

internal sealed record WorkloadTemplateMeta(SmallDictionary? Labels);

/// <summary>Of the spec of a pod template.</summary>
/// <param name="Requests">What a pod requests.</param>
/// <param name="Placement">Which nodes it may go to.</param>
internal sealed record TemplateFacts(Amounts Requests, Placement Placement);
