using Ebb.Core.Gates;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Gates;

/// <summary>The webhooks that convert between the versions of custom kinds.</summary>
internal static class DefinedConversions
{
    public static async Task<IReadOnlyList<ConversionWebhook>> ReadAsync(
        KubernetesApi api,
        CancellationToken cancellationToken
    )
    {
        var definitions = await api.ListAsync(Kinds.Definitions, null, null, cancellationToken).ConfigureAwait(false);
        return [.. (definitions.Items ?? []).Select(View).OfType<ConversionWebhook>()];
    }

    /// <summary>Null: nobody converts, or no Service does.</summary>
    private static ConversionWebhook? View(CustomResourceDefinition definition) =>
        definition.Spec
            is {
                Names.Kind: { } kind,
                Conversion:
                { Strategy: "Webhook", Webhook.ClientConfig.Service: { Namespace: { } place, Name: { } service } }
            } spec
            ? new ConversionWebhook(
                definition.Metadata.Name,
                kind,
                (spec.Versions ?? [])
                    .Where(version => version.Served == true || version.Storage == true)
                    .Select(version => version.Name)
                    .Concat(definition.Status?.StoredVersions ?? [])
                    .Select(version => $"{spec.Group}/{version}")
                    .ToHashSet(StringComparer.Ordinal),
                place,
                service
            )
            : null;
}
