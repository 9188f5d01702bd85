using Ebb.Engine.Settings;

namespace Ebb.Engine.Http;

/// <summary>Who asks over HTTP.</summary>
internal static class Requester
{
    private const int LongestName = 253;

    /// <summary>
    /// The name that a proxy passes on in the header that the settings trust; else which key was shown. Never the key.
    /// </summary>
    public static string Of(HttpRequest request, EbbSettings settings)
    {
        if (settings.IdentityHeader is { } header && request.Headers[header].FirstOrDefault() is { } told)
        {
            var name = new string([.. told.Trim().Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
            if (name.Length > 0)
                return name.Length > LongestName ? name[..LongestName] : name;
        }
        return settings.ControlKey is null ? "somebody without a key" : "somebody with the control key";
    }
}
