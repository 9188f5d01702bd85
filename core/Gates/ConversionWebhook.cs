using Ebb.Core.Workloads;

namespace Ebb.Core.Gates;

/// <summary>A Service that converts between the versions of a custom kind.</summary>
/// <param name="Definition">The name of its CustomResourceDefinition.</param>
/// <param name="Kind">The kind.</param>
/// <param name="ApiVersions">Group and version of all that are served or stored.</param>
/// <param name="Namespace">Of the Service.</param>
/// <param name="Service">The name of the Service.</param>
public sealed record ConversionWebhook(
    string Definition,
    string Kind,
    IReadOnlySet<string> ApiVersions,
    string Namespace,
    string Service
)
{
    /// <summary>
    /// Whether it may be asked when an object is read or written: a kind with one version is never converted, and in
    /// which of several an object is stored nobody tells.
    /// </summary>
    public bool IsAskedFor(ObjectRef on)
    {
        ArgumentNullException.ThrowIfNull(on);
        return on.Kind == Kind && ApiVersions.Count > 1 && ApiVersions.Contains(on.ApiVersion);
    }
}
