using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ExecStatus = k8s.KubeConfigModels.ExecCredentialResponse.ExecStatus;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// What a credential plugin gave, kept until it expires or the server refuses it. The library runs a plugin twice
/// before the first request, and never again after a refusal.
/// </summary>
internal sealed class ExecCredential(ExecPlugin plugin, TimeProvider time) : RenewableCredential
{
    private static readonly TimeSpan RenewBeforeExpiry = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<Kept>? _running;
    private volatile Kept? _kept;

    public override X509Certificate2? Certificate => _kept?.Certificate;

    public override async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(
        CancellationToken cancellationToken
    )
    {
        Task<Kept> running;
        lock (_lock)
        {
            if (_kept is { } kept && IsUsable(kept))
                return kept.Header!;
            // One run serves all requests that wait for it. A plugin may take longer than an attempt of one of them.
            running = _running ??= Task.Run(RunAsync, CancellationToken.None);
        }

        return (await running.WaitAsync(cancellationToken).ConfigureAwait(false)).Header!;
    }

    public override void Refuse(AuthenticationHeaderValue? header)
    {
        if (_kept is { } kept && ReferenceEquals(kept.Header, header))
            kept.Refused = true;
    }

    private async Task<Kept> RunAsync()
    {
        try
        {
            var answer = await plugin.RunAsync(time).ConfigureAwait(false);
            var header = string.IsNullOrEmpty(answer.Token)
                ? null
                : Bearer(answer.Token, $"the answer of the credential plugin {plugin.Command}");
            return _kept = new Kept(header, ReadCertificate(answer) ?? Certificate, answer.ExpirationTimestamp);
        }
        finally
        {
            lock (_lock)
                _running = null;
        }
    }

    private bool IsUsable(Kept kept) =>
        !kept.Refused
        && !(kept.Expires is { } expires && expires.ToUniversalTime() - RenewBeforeExpiry <= time.GetUtcNow());

    private X509Certificate2? ReadCertificate(ExecStatus status)
    {
        if (string.IsNullOrEmpty(status.ClientCertificateData))
            return null;
        try
        {
            return X509Certificate2.CreateFromPem(status.ClientCertificateData, status.ClientKeyData);
        }
        catch (CryptographicException)
        {
            throw plugin.Fault("gave a client certificate or key that is not PEM");
        }
    }

    /// <param name="header">Null: a certificate alone.</param>
    /// <param name="certificate">Null: a token alone.</param>
    /// <param name="expires">Null: never.</param>
    private sealed class Kept(AuthenticationHeaderValue? header, X509Certificate2? certificate, DateTime? expires)
    {
        public AuthenticationHeaderValue? Header { get; } = header;

        public X509Certificate2? Certificate { get; } = certificate;

        public DateTime? Expires { get; } = expires;

        public volatile bool Refused;
    }
}
