namespace Ebb.Core.Protection;

/// <summary>Where a UPS source is asked.</summary>
/// <param name="Name">The source, for messages.</param>
/// <param name="Host">A DNS name or an IP address.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsName">Whether the host must be looked up.</param>
public sealed record SourcePlace(string Name, string Host, int Port, bool IsName);
