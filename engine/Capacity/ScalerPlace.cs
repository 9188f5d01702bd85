namespace Ebb.Engine.Capacity;

/// <summary>Where the scaler's HTTP port is, as far as anybody knows; it may move.</summary>
/// <param name="Find">The address, or why there is none.</param>
internal sealed record ScalerPlace(Func<(Uri? Url, string Why)> Find)
{
    /// <summary>As it was set.</summary>
    public static ScalerPlace At(Uri? url) =>
        new(() => (url, url is null ? "no scaler is configured: Capacity__Scaler says where it is" : ""));
}
