namespace Ebb.Scaler.Answers;

/// <summary>Sentences that several answers share.</summary>
internal static class Sentence
{
    /// <summary>What is not known, and why where that is known.</summary>
    public static string Because(string unknown, IReadOnlyList<string> reasons) =>
        reasons.Count == 0 ? unknown : $"{unknown}: {string.Join("; ", reasons)}";
}
