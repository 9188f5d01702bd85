using System.Text.Json;

namespace Ebb.Kubernetes.Resources;

/// <summary>A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.</summary>
internal sealed record WebhookConfiguration : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public AdmissionWebhook[]? Webhooks { get; init; }
}

/// <summary>
/// One of its webhooks. An absent failurePolicy means Fail, an absent matchPolicy Equivalent, an absent scope
/// everything.
/// </summary>
internal sealed record AdmissionWebhook(
    string? Name,
    string? FailurePolicy,
    string? MatchPolicy,
    WebhookClient? ClientConfig,
    AdmissionRule[]? Rules,
    LabelSelector? NamespaceSelector,
    LabelSelector? ObjectSelector,
    JsonElement[]? MatchConditions
);

internal sealed record WebhookClient(WebhookService? Service);

internal sealed record WebhookService(string? Namespace, string? Name);

internal sealed record AdmissionRule(
    string[]? ApiGroups,
    string[]? ApiVersions,
    string[]? Resources,
    string[]? Operations,
    string? Scope
);
