namespace Ebb.Core.Tests;
public class SmokeSpecs { [Fact] public void Runs() => Assert.Equal(2, 1 + 1); [Fact] public void Skips() => Assert.Skip("why"); }
