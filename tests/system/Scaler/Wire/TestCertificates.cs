using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ebb.Tests.Scaler.Wire;

/// <summary>
/// PEM files of a server and a client and of the authority that issued both, valid on this machine for a day.
/// </summary>
/// <param name="Authority">The authority's certificate.</param>
/// <param name="Certificate">The server's, for localhost.</param>
/// <param name="Key">Its key.</param>
/// <param name="ClientCertificate">The client's.</param>
/// <param name="ClientKey">Its key.</param>
internal sealed record PemFiles(
    string Authority,
    string Certificate,
    string Key,
    string ClientCertificate,
    string ClientKey
);

/// <summary>Issues certificates into a folder of its own.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    public string Folder { get; } = Directory.CreateTempSubdirectory("ebb-tls-").FullName;

    /// <param name="name">Of an authority of its own.</param>
    public PemFiles Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name} authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = DateTimeOffset.UtcNow;
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        var (certificate, serverKey) = Issue(authority, $"{name}-server", ServerUsage);
        var (clientCertificate, clientKey) = Issue(authority, $"{name}-client", ClientUsage);
        var path = Path.Combine(Folder, $"{name}-ca.pem");
        File.WriteAllText(path, authority.ExportCertificatePem());
        return new PemFiles(path, certificate, serverKey, clientCertificate, clientKey);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private (string Certificate, string Key) Issue(X509Certificate2 authority, string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var now = DateTimeOffset.UtcNow;
        using var issued = request.Create(
            authority,
            now.AddHours(-1),
            now.AddDays(1),
            RandomNumberGenerator.GetBytes(8)
        );
        var (certificate, keyFile) = (Path.Combine(Folder, $"{name}.pem"), Path.Combine(Folder, $"{name}.key"));
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificate, keyFile);
    }
}
