using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ebb.Scaler.Settings;

namespace Ebb.Scaler.Tls;

/// <summary>
/// Certificates from files, read again when a file changed, as cert-manager and Kubernetes change them. While the files
/// cannot be read
/// the last good ones stay in force. Safe from several threads.
/// </summary>
internal sealed class TlsCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly TlsFiles _files;
    private readonly ILogger<TlsCertificates> _log;
    private readonly Lock _lock = new();
    private Loaded _loaded;
    private string _stamp;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file does not hold what it should.</exception>
    public TlsCertificates(TlsFiles files, ILogger<TlsCertificates> log)
    {
        (_files, _log) = (files, log);
        _stamp = Stamp();
        _loaded = Load();
    }

    /// <summary>The options of one handshake, with ALPN for HTTP/2, which newer clients insist on.</summary>
    public SslServerAuthenticationOptions OptionsFor(string peer)
    {
        var loaded = Present();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Own,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            ClientCertificateRequired = loaded.Authorities is not null,
            RemoteCertificateValidationCallback = loaded.Authorities is null
                ? null
                : (_, certificate, chain, _) => IsTrusted(loaded.Authorities, certificate, chain, peer),
        };
    }

    private Loaded Present()
    {
        lock (_lock)
        {
            try
            {
                var stamp = Stamp();
                if (stamp == _stamp)
                    return _loaded;
                _stamp = stamp;
                _loaded = Load();
                _log.TlsFilesRead(_loaded.Own.TargetCertificate.Subject, _loaded.Own.TargetCertificate.NotAfter);
            }
            catch (Exception bad) when (bad is IOException or CryptographicException or UnauthorizedAccessException)
            {
                _log.TlsFilesBad(bad.Message);
            }

            return _loaded;
        }
    }

    private Loaded Load()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_files.Certificate, _files.Key);
        // A key that was read from PEM can be used for TLS on every platform only after a round trip through PKCS 12.
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_files.Certificate);
        X509Certificate2Collection? authorities = null;
        if (_files.ClientAuthorities is { } path)
        {
            authorities = [];
            authorities.ImportFromPemFile(path);
            if (authorities.Count == 0)
                throw new CryptographicException($"{path} holds no certificate");
        }

        return new Loaded(SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true), authorities);
    }

    private string Stamp() =>
        string.Join(
            '|',
            new[] { _files.Certificate, _files.Key, _files.ClientAuthorities }
                .OfType<string>()
                .Select(file =>
                    new FileInfo(file) is var info && info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo real
                        ? real
                        : info
                )
                .Select(file => $"{file.FullName} {file.LastWriteTimeUtc.Ticks} {(file.Exists ? file.Length : -1)}")
        );

    // With TLS 1.3 a refused client sees only a broken connection, so the reason is logged here.
    private bool IsTrusted(
        X509Certificate2Collection authorities,
        X509Certificate? certificate,
        X509Chain? sent,
        string peer
    )
    {
        if (certificate is null)
        {
            _log.TlsRefused(peer, "the client sent no certificate");
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        foreach (var element in sent?.ChainElements.Skip(1) ?? [])
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var shown = new X509Certificate2(certificate);
        if (chain.Build(shown))
            return true;
        _log.TlsRefused(
            peer,
            $"the client's certificate {shown.Subject}: "
                + string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct())
        );
        return false;
    }

    private sealed record Loaded(SslStreamCertificateContext Own, X509Certificate2Collection? Authorities);
}
