namespace Ebb.Core.Protection;

/// <summary>Where a UPS source is asked.</summary>
/// <param name="Name">The source, for messages.</param>
/// <param name="Host">A DNS name or an IP address.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsName">Whether the host must be looked up.</param>
public sealed record SourcePlace(string Name, string Host, int Port, bool IsName)
{
    /// <summary>The IP addresses that a name had when it answered last; empty: it has not, or is no name.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
