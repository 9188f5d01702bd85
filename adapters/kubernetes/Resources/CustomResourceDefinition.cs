namespace Ebb.Kubernetes.Resources;

/// <summary>Of a CustomResourceDefinition what its versions are and who converts between them.</summary>
internal sealed record CustomResourceDefinition : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public DefinitionSpec? Spec { get; init; }

    public DefinitionStatus? Status { get; init; }
}

internal sealed record DefinitionSpec(
    string? Group,
    DefinitionNames? Names,
    DefinitionVersion[]? Versions,
    DefinitionConversion? Conversion
);

internal sealed record DefinitionNames(string? Kind);

internal sealed record DefinitionVersion(string? Name, bool? Served, bool? Storage);

/// <summary>An absent strategy means None.</summary>
internal sealed record DefinitionConversion(string? Strategy, ConversionClient? Webhook);

internal sealed record ConversionClient(WebhookClient? ClientConfig);

/// <summary>Objects may be stored in each of these until somebody has written them anew.</summary>
internal sealed record DefinitionStatus(string[]? StoredVersions);
