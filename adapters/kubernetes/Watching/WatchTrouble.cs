using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Watching;

/// <summary>Why a kind cannot be read.</summary>
/// <param name="Code">The HTTP status; null when there was no answer.</param>
/// <param name="Sentence">For people.</param>
public sealed record WatchTrouble(int? Code, string Sentence)
{
    /// <summary>Refusals in a row that may still be temporary.</summary>
    internal const int TemporaryRefusals = 4;

    /// <summary>
    /// A right is missing or the kind is not served: waiting alone will not help, so others need not wait for it.
    /// </summary>
    public bool IsLasting => Code is 401 or 403 or 404 or 405;

    /// <summary>
    /// Whether a refusal may be temporary: a server that has just started refuses everything until it has read its
    /// roles, and answers 404 for custom kinds until it has read their definitions.
    /// </summary>
    /// <param name="code">The HTTP status.</param>
    /// <param name="failures">
    /// In a row, this one included; <see cref="TemporaryRefusals"/> of them take two to four seconds.
    /// </param>
    /// <param name="served">The kind was read before.</param>
    internal static bool MayBeTemporary(int? code, int failures, bool served) =>
        failures <= TemporaryRefusals && (code is 401 or 403 || (code == 404 && served));

    internal static WatchTrouble Of(ResourceType type, KubernetesException fault) =>
        new(
            fault.Code,
            fault.Code == 404
                ? $"{type} is not served: its CustomResourceDefinition is not installed, or in another version"
                : fault.Message
        );
}
