namespace Ebb.Core.Ports;

/// <summary>Single Secrets that a hook names. Nothing of them is kept, logged or told.</summary>
public interface ISecrets
{
    /// <summary>The value of one key as text; null: why it cannot be read is in the problem.</summary>
    Task<(string? Value, string Problem)> ReadAsync(
        string @namespace,
        string name,
        string key,
        CancellationToken cancellationToken
    );
}
