using System.Text;
using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Hooks;

/// <summary>Reads single Secrets by name, when they are needed; there is no watch and no list of them.</summary>
/// <param name="api">The server; not disposed by this.</param>
public sealed class ClusterSecrets(KubernetesApi api) : ISecrets
{
    private static readonly Resource<SpecObject> Secrets = Kinds.Whole(new("", "v1", "secrets", "Secret"));

    /// <inheritdoc/>
    public async Task<(string? Value, string Problem)> ReadAsync(
        string @namespace,
        string name,
        string key,
        CancellationToken cancellationToken
    )
    {
        SpecObject secret;
        try
        {
            secret = await api.GetAsync(Secrets, @namespace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException fault)
        {
            return (null, fault.Message);
        }
        if (secret.Data?.TryGetValue(key, out var text) != true)
            return (null, $"the Secret {@namespace}/{name} has no key {key}");
        try
        {
            return (Encoding.UTF8.GetString(Convert.FromBase64String(text!)), "");
        }
        catch (FormatException)
        {
            return (null, $"the key {key} of the Secret {@namespace}/{name} cannot be read");
        }
    }
}
