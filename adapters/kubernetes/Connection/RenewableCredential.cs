using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// A credential that changes with time. The library asks for it with each request; what it cannot tell its own token
/// providers is that the server refused the last one.
/// </summary>
internal abstract class RenewableCredential : ITokenProvider
{
    /// <summary>A client certificate that belongs to it, as of the last time it was asked for; null: none.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The Authorization header; null when the credential is a certificate alone.</summary>
    /// <exception cref="KubernetesException">It cannot be had.</exception>
    public abstract Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The server answered 401 to this header: if it is the one that is kept, the next request gets a new one.
    /// </summary>
    public abstract void Refuse(AuthenticationHeaderValue? header);

    /// <exception cref="KubernetesException">The token cannot be sent in a header.</exception>
    protected static AuthenticationHeaderValue Bearer(string token, string source) =>
        IsHeaderText(token)
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw KubernetesException.NoAnswer($"{source} holds something that is not a token", null);

    /// <summary>Whether a text can stand in a header as it is.</summary>
    public static bool IsHeaderText(string text) => text.All(letter => letter is >= ' ' and <= '~');
}
