using System.Security.Cryptography.X509Certificates;
using Ebb.Kubernetes.Api;

namespace Ebb.Kubernetes.Connection;

/// <summary>Who we are to the API server.</summary>
internal abstract class Credential
{
    public static readonly Credential None = new FixedCredential(null);

    /// <summary>A client certificate that belongs to it, as of the last time it was asked for.</summary>
    public virtual X509Certificate2? Certificate => null;

    /// <summary>The value of the Authorization header; null: none.</summary>
    /// <param name="refused">The server refused the last one: what is kept must not be given again unasked.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="KubernetesException">It cannot be had.</exception>
    public abstract ValueTask<string?> AuthorizationAsync(bool refused, CancellationToken cancellationToken);
}

/// <summary>A token or a password that never changes.</summary>
internal sealed class FixedCredential(string? authorization) : Credential
{
    public override ValueTask<string?> AuthorizationAsync(bool refused, CancellationToken cancellationToken) =>
        new(authorization);
}

/// <summary>A token in a file that somebody renews: read again after a minute and when the server refuses it.</summary>
internal sealed class TokenFileCredential(string path, TimeProvider time) : Credential
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private string? _authorization;
    private long _readAt;

    public override ValueTask<string?> AuthorizationAsync(bool refused, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!refused && _authorization is not null && time.GetElapsedTime(_readAt) < KeptFor)
                return new(_authorization);
            try
            {
                var token = File.ReadAllText(path).Trim();
                if (token.Length == 0)
                    throw KubernetesException.NoAnswer($"the token file {path} is empty", null);
                _authorization = $"Bearer {token}";
                _readAt = time.GetTimestamp();
            }
            catch (Exception fault)
                when (fault is IOException or UnauthorizedAccessException && _authorization is not null && !refused)
            {
                // The file is replaced at this moment; the token that was read is good for a while yet.
                _readAt = time.GetTimestamp();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw KubernetesException.NoAnswer($"the token file {path} cannot be read", fault);
            }

            return new(_authorization);
        }
    }
}
