using System.Runtime.CompilerServices;

namespace Ebb.Tests.Harness;

/// <summary>As <see cref="LongFactAttribute"/>, row by row.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongTheoryAttribute : TheoryAttribute
{
    public LongTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => (Skip, SkipUnless, SkipType) = (Length.Why, nameof(Length.IsLong), typeof(Length));
}
