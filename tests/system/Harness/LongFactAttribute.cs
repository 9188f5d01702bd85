using System.Runtime.CompilerServices;

namespace Ebb.Tests.Harness;

/// <summary>A test of many seconds, which .ci/run plays and a run by hand only when it is asked to.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => (Skip, SkipUnless, SkipType) = (Length.Why, nameof(Length.IsLong), typeof(Length));
}
