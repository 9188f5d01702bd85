using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ebb.Nut;

/// <summary>Whose certificates are believed.</summary>
internal static class Trust
{
    /// <exception cref="IOException">The file of roots cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificates.</exception>
    internal static SslClientAuthenticationOptions OptionsFor(UpsSourceAddress address)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = ZoneId.Without(address.Host) };
        // The file is read for each connection, so that a renewed one counts without a restart.
        if (address.AuthorityFile is { } file)
            options.CertificateChainPolicy = PolicyOf(file);
#pragma warning disable CA5359 // This is what insecure=true asks for, and nothing else sets it.
        if (address.Insecure)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return options;
    }

    /// <summary>
    /// Only the roots in <paramref name="file"/>. A UPS's own authority publishes no revocation list.
    /// </summary>
    private static X509ChainPolicy PolicyOf(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
