using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Kubernetes.Resources;

/// <summary>What a workload makes its pods from: what Services select by, and what a pod requests.</summary>
internal sealed record WorkloadTemplate(
    WorkloadTemplateMeta? Metadata,
    [property: JsonConverter(typeof(TemplateRequestsConverter))] Amounts? Spec = null
);

internal sealed record WorkloadTemplateMeta(SmallDictionary? Labels);
