using System.Net.Http.Headers;
using System.Text;

namespace Ebb.Kubernetes.Connection;

/// <summary>A token in a file that somebody renews: read again after a minute and when the server refuses it.</summary>
/// <param name="path">The file.</param>
/// <param name="time">Its monotonic clock measures the age of what was read.</param>
/// <param name="fallback">The token to use while the file cannot be read for the first time; null: none.</param>
internal sealed class TokenFile(string path, TimeProvider time, string? fallback = null) : RenewableCredential
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private AuthenticationHeaderValue? _header;
    private bool _refused;
    private long _readAt;

    public override Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_header is null || _refused || time.GetElapsedTime(_readAt) >= KeptFor)
                Read();
            return Task.FromResult(_header!);
        }
    }

    public override void Refuse(AuthenticationHeaderValue? header)
    {
        lock (_lock)
            _refused |= ReferenceEquals(_header, header);
    }

    private void Read()
    {
        try
        {
            var token = Encoding.UTF8.GetString(BoundedFile.Read(path, BoundedFile.TokenBytes)).Trim();
            if (token.Length == 0)
                throw KubernetesException.NoAnswer($"the token file {path} is empty", null);
            _header = Bearer(token, $"the token file {path}");
        }
        catch (Exception fault) when (BoundedFile.IsFault(fault))
        {
            if (_header is null && fallback is not null)
                _header = Bearer(fallback, "the token of the kubeconfig");
            // The file may be in the middle of a replacement; a token that was not refused is good for a while yet.
            else if (_header is null || _refused)
                throw KubernetesException.NoAnswer($"the token file {path} cannot be read", fault);
        }

        _refused = false;
        _readAt = time.GetTimestamp();
    }
}
