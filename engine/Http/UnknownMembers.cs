using System.Text.Json;
using Ebb.Core.Settings;

namespace Ebb.Engine.Http;

/// <summary>Members of a body that nobody reads: nothing is ignored silently.</summary>
internal static class UnknownMembers
{
    private const int MostTold = 5;

    /// <summary>One sentence for each of the first, none when all are known.</summary>
    public static IEnumerable<string> Of(JsonElement body, IReadOnlyCollection<string> known) =>
        body.EnumerateObject()
            .Where(member => !known.Contains(member.Name))
            .Take(MostTold)
            .Select(member => $"$.{Shown(member.Name)}: expected one of {string.Join(", ", known)}");

    /// <summary>In quotes, without what cannot be shown.</summary>
    public static string Shown(string text) =>
        SettingsReader.Quoted(new string([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]));
}
